// Pictures of the home page and of a room in which music plays and two people are, as seen on a phone, a tablet and a
// desk, in light and dark: `node harness/screenshots.mjs`, into `.cache/screens/`. For eyes, not for comparison.

import { chromium } from '@playwright/test';
import { join } from 'node:path';
import { musicDir, SONGS } from './music.mjs';
import { AUTOPLAY_ALLOWED, cacheDir, CHROMIUM_ARGS, chromiumPath } from './places.mjs';
import { startServer } from './server.mjs';
import { Api, libraryHas } from './api.mjs';

const SIZES = [
  { width: 360, height: 740 },
  { width: 820, height: 1180 },
  { width: 1440, height: 900 },
];
/** @type {('light' | 'dark')[]} */
const SCHEMES = ['light', 'dark'];

const out = cacheDir('screens');
const server = await startServer({ musicDirs: [musicDir()] });
const browser = await chromium.launch({ executablePath: chromiumPath(), args: [...CHROMIUM_ARGS, AUTOPLAY_ALLOWED] });
try {
  const hostContext = await browser.newContext({ baseURL: server.url });
  const host = await hostContext.newPage();
  await host.goto('/');
  await host.getByTestId('create-room').click();
  await host.waitForURL(/\/r\/\w+$/);
  const room = new URL(host.url()).pathname;
  const code = room.split('/')[2];

  const api = await new Api(server.url).withCookiesOf(hostContext);
  const [now, ...later] = await Promise.all([SONGS.flac, SONGS.opus, SONGS.mp3].map(({ title }) => libraryHas(api, title)));
  const guest = await (await browser.newContext({ baseURL: server.url })).newPage();
  await guest.goto(room);
  await api.addToQueue(code, later.map(({ id }) => id));
  await api.control(code, 'play', { trackId: now.id });
  await host.locator('[data-testid=sync-status][data-state=in-sync]').waitFor({ timeout: 20_000 });

  for (const colorScheme of SCHEMES) {
    for (const viewport of SIZES) {
      const size = `${viewport.width}x${viewport.height}-${colorScheme}`;
      const visitor = await browser.newContext({ baseURL: server.url, viewport, colorScheme });
      const home = await visitor.newPage();
      await home.goto('/');
      await shoot(home, `home-${size}`);
      await visitor.close();

      await host.setViewportSize(viewport);
      await host.emulateMedia({ colorScheme });
      await shoot(host, `room-${size}`);
      await shootLibrary(host, size);
      await guest.setViewportSize(viewport);
      await guest.emulateMedia({ colorScheme });
      await shoot(guest, `room-as-listener-${size}`);
    }
  }
} finally {
  await browser.close();
  await server.stop();
}

/**
 * @param {import('@playwright/test').Page} page
 * @param {string} name
 */
async function shoot(page, name) {
  await page.evaluate(() => document.fonts.ready);
  // Colours fade when scheme or artwork change.
  await page.waitForTimeout(1_000);
  const path = join(out, `${name}.png`);
  await page.screenshot({ path });
  console.log(path);
}

/**
 * Each way through the library, an artist and an album.
 * @param {import('@playwright/test').Page} page
 * @param {string} size
 */
async function shootLibrary(page, size) {
  const settled = () => page.locator('#library-results[aria-busy="false"]').waitFor();
  for (const way of ['all', 'new', 'folders', 'albums', 'artists']) {
    await page.getByTestId(`way-${way}`).click();
    await settled();
    await page.locator('#library').evaluate((panel) => panel.scrollIntoView({ behavior: 'instant' }));
    await page.waitForTimeout(300);
    await shoot(page, `library-${way}-${size}`);
  }
  for (const step of ['artist', 'album']) {
    await page.getByTestId(step).first().getByRole('button').click();
    await settled();
    await page.waitForTimeout(300);
    await shoot(page, `library-${step}-${size}`);
  }
  await page.getByTestId('way-all').click();
  await page.evaluate(() => scrollTo({ top: 0, behavior: 'instant' }));
}
