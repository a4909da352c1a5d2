// Pictures of the home page and of a room in which music plays and two people are, as seen on a phone, a tablet and a
// desk, in light and dark: `node harness/screenshots.mjs`, into `.cache/screens/`. For eyes, not for comparison.
// With `--references` those of phone and desk, smaller, into `references/`, which is kept so that a person can leaf
// through how Tutti looked (Debian's fonts-noto-color-emoji draws the reactions). `--only=diagnostics` makes those of
// one part: `doors`, `room`, `library`, `listener` or `diagnostics`.

import { chromium } from '@playwright/test';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { musicDir, SONGS } from './music.mjs';
import { pause } from './pause.mjs';
import { AUTOPLAY_ALLOWED, cacheDir, CHROMIUM_ARGS, chromiumPath, END2END } from './places.mjs';
import { startProxy } from './proxy.mjs';
import { startServer } from './server.mjs';
import { Api, libraryHas } from './api.mjs';

const SIZES = [
  { width: 360, height: 740 },
  { width: 820, height: 1180 },
  { width: 1440, height: 900 },
];
/** @type {('light' | 'dark')[]} */
const SCHEMES = ['light', 'dark'];

const references = process.argv.includes('--references');
const only = process.argv.find((argument) => argument.startsWith('--only='))?.slice('--only='.length);
/** @param {string} part */
const wanted = (part) => !only || only === part;
const out = references ? join(END2END, 'references') : cacheDir('screens');
mkdirSync(out, { recursive: true });
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

  const attic = await new Api(server.url).createRoom({ name: 'Attic', pin: '4711', listed: true });
  const api = await new Api(server.url).withCookiesOf(hostContext);
  const [now, ...later] = await Promise.all([SONGS.flac, SONGS.opus, SONGS.mp3].map(({ title }) => libraryHas(api, title)));
  const guest = await (await browser.newContext({ baseURL: server.url })).newPage();
  await guest.goto(room);
  await api.addToQueue(code, later.map(({ id }) => id));
  await api.control(code, 'play', { trackId: now.id });
  await host.locator('[data-testid=sync-status][data-state=in-sync]').waitFor({ timeout: 20_000 });

  await talk(host, guest);
  const watched = wanted('diagnostics') ? await watchUnderJitter(room) : undefined;

  for (const colorScheme of SCHEMES) {
    for (const viewport of SIZES.filter(({ width }) => !references || width !== 820)) {
      const size = `${viewport.width}x${viewport.height}-${colorScheme}`;
      for (const page of [host, guest, watched].filter((page) => page !== undefined)) {
        await page.setViewportSize(viewport);
        await page.emulateMedia({ colorScheme });
      }
      if (wanted('doors')) await shootDoors(room, attic.code, { viewport, colorScheme }, size);
      if (wanted('room')) {
        await shoot(host, `room-${size}`);
        await shootParts(host, size);
      }
      if (wanted('library')) await shootLibrary(host, size);
      if (wanted('listener')) await shoot(guest, `room-as-listener-${size}`);
      if (watched) {
        await shootDiagnostics(watched, size);
        await host.locator('#people').evaluate((panel) => panel.scrollIntoView({ behavior: 'instant' }));
        await shoot(host, `people-health-${size}`);
        await host.evaluate(() => scrollTo({ top: 0, behavior: 'instant' }));
      }
    }
  }
} finally {
  await browser.close();
  await server.stop();
}

/**
 * @param {import('@playwright/test').Page} page
 * @param {string} name
 * @param {import('@playwright/test').PageScreenshotOptions} [more]
 */
async function shoot(page, name, more = {}) {
  await page.evaluate(() => document.fonts.ready);
  // Colours fade when scheme or artwork change.
  await page.waitForTimeout(1_000);
  const path = join(out, `${name}.${references ? 'jpg' : 'png'}`);
  await page.screenshot({ path, ...(references ? { type: 'jpeg', quality: 72 } : {}), ...more });
  console.log(path);
}

/**
 * A few words, so that the chat is not empty.
 * @param {import('@playwright/test').Page} host
 * @param {import('@playwright/test').Page} guest
 */
async function talk(host, guest) {
  for (const [page, text] of /** @type {[import('@playwright/test').Page, string][]} */ ([
    [host, 'Is the balcony in step?'],
    [guest, 'To the tick. Cover and notes: https://example.org/night-ferry'],
    [host, 'Lovely. Long Way Down after this one?'],
  ])) {
    await page.getByTestId('chat-input').fill(text);
    await page.getByTestId('chat-input').press('Enter');
    await page.getByTestId('chat-line').filter({ hasText: text }).waitFor();
  }
}

/**
 * The whole page, and the sheets of a host.
 * @param {import('@playwright/test').Page} page
 * @param {string} size
 */
async function shootParts(page, size) {
  await shoot(page, `room-whole-${size}`, { fullPage: true });
  const close = async () => {
    await page.keyboard.press('Escape');
    await page.locator('dialog[open]').waitFor({ state: 'detached' }).catch(() => {});
  };
  await page.getByTestId('room-settings').click();
  await shoot(page, `settings-${size}`);
  await close();
  await page.getByTestId('member').nth(1).getByRole('button').first().click();
  await shoot(page, `member-${size}`);
  await close();
  await page.locator('.sync-line').click();
  await page.locator('.sync').scrollIntoViewIfNeeded();
  await shoot(page, `sync-numbers-${size}`);
  await page.locator('.sync-line').click();
  await page.keyboard.press('?');
  await shoot(page, `shortcuts-${size}`);
  await close();
  await page.evaluate(() => window.scrollTo({ top: 0, behavior: 'instant' }));
}

/**
 * A listener behind a bad network, 80 ± 40 ms each way, whose diagnostics have been open for a while; its element was
 * pushed off once, so that there is something to decide.
 * @param {string} room its path
 */
async function watchUnderJitter(room) {
  const network = await startProxy({ targetPort: server.port, delayMs: 80, jitterMs: 40 });
  const page = await (await browser.newContext({ baseURL: network.url })).newPage();
  await page.goto(room);
  await page.getByTestId('diagnostics').click();
  await page.waitForTimeout(40_000);
  await page.getByTestId('diagnostics-jump-ms').fill('60');
  await page.getByTestId('diagnostics-jump-ahead').click();
  await page.waitForTimeout(50_000);
  return page;
}

/**
 * @param {import('@playwright/test').Page} page
 * @param {string} size
 */
async function shootDiagnostics(page, size) {
  await page.getByTestId('diagnostics-panel').evaluate((panel) => panel.scrollIntoView({ behavior: 'instant' }));
  await shoot(page, `diagnostics-${size}`);
  const path = join(out, `diagnostics-whole-${size}.${references ? 'jpg' : 'png'}`);
  await page.getByTestId('diagnostics-panel').screenshot({ path, ...(references ? { type: 'jpeg', quality: 72 } : {}) });
  console.log(path);
}

/**
 * The ways in, each way shut, and the invitation.
 * @param {string} room its path
 * @param {string} locked the code of a room with a PIN
 * @param {{ viewport: { width: number, height: number }, colorScheme: 'light' | 'dark' }} look
 * @param {string} size
 */
async function shootDoors(room, locked, look, size) {
  const visitor = await browser.newContext({ baseURL: server.url, ...look });
  const page = await visitor.newPage();
  await page.goto('/');
  await shoot(page, `home-${size}`);
  await page.getByTestId('create-more').click();
  await shoot(page, `home-more-${size}`, { fullPage: true });
  await page.goto('/r/ZZZZZZ');
  await shoot(page, `room-not-found-${size}`);
  await page.goto(`/r/${locked}`);
  await page.getByTestId('pin').fill('0000');
  await page.getByTestId('enter-pin').click();
  await page.locator('#pin-refused:not(:empty)').waitFor();
  await shoot(page, `pin-wrong-${size}`);
  for (const [closeCode, name] of /** @type {[number, string][]} */ ([[4403, 'kicked'], [4409, 'full'], [4426, 'version'], [1001, 'no-answer']])) {
    await page.unrouteAll();
    await page.routeWebSocket(/\/ws\//, (socket) => socket.close({ code: closeCode }));
    await page.goto(room);
    await page.getByTestId(closeCode === 1001 ? 'reconnecting' : 'ended').waitFor();
    await shoot(page, `${name}-${size}`);
  }
  await page.route(/\.wasm$/, (route) => route.abort());
  await page.goto(room);
  await page.getByTestId('broken').waitFor();
  await shoot(page, `broken-${size}`);
  await visitor.close();

  const german = await browser.newContext({ baseURL: server.url, locale: 'de-DE', ...look });
  const seite = await german.newPage();
  await seite.goto('/');
  await shoot(seite, `home-german-${size}`, { fullPage: true });
  await seite.goto(room);
  await seite.locator('[data-testid=member]').first().waitFor({ state: 'attached' });
  await seite.getByTestId('show-qr').evaluate((/** @type {HTMLElement} */ button) => button.click());
  await seite.waitForFunction(() => /** @type {HTMLImageElement | null} */ (document.querySelector('img.poster-qr'))?.complete);
  await shoot(seite, `qr-${size}`);
  await german.close();

  const refusing = await chromium.launch({ executablePath: chromiumPath(), args: [...CHROMIUM_ARGS, '--autoplay-policy=document-user-activation-required'] });
  const guest = await (await refusing.newContext({ baseURL: server.url, ...look })).newPage();
  await guest.goto(room);
  // Not by a locator: what looks into the page counts as a touch there, and then it may play.
  const session = await guest.context().newCDPSession(guest);
  const expression = `!!document.querySelector('[data-testid="tap-name"]')`;
  while (!(await session.send('Runtime.evaluate', { expression, userGesture: false })).result.value) await pause(200);
  await shoot(guest, `tap-to-start-${size}`);
  await refusing.close();
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
