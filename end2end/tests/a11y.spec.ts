// What axe can see of WCAG 2.2 AA, in dark and light, for hosts and listeners.

import { barriers } from './barriers.ts';
import { addToQueue, expect, expectInSync, play, SONGS, test, visit } from './room.ts';

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the home page has no barrier in ${colorScheme} colours`, async ({ newcomer }) => {
    const page = await newcomer({ colorScheme });
    await page.goto('/');
    await expect(page.getByTestId('create-room')).toBeVisible();
    expect(await barriers(page)).toEqual([]);
  });

  test(`the room page has no barrier in ${colorScheme} colours, for host and listener`, async ({ host, newcomer }) => {
    await host.page.emulateMedia({ colorScheme });
    const guest = await newcomer({ colorScheme, viewport: { width: 360, height: 740 } });
    await visit(guest, host.code);
    await addToQueue(host.page, SONGS.opus.title);
    await play(host.page, SONGS.flac.title);
    await expectInSync(host.page, guest);
    expect(await barriers(host.page)).toEqual([]);
    expect(await barriers(guest)).toEqual([]);
  });

  test(`the open sheets of a host have no barrier in ${colorScheme} colours`, async ({ host: { page, code }, newcomer }) => {
    await page.emulateMedia({ colorScheme });
    await visit(await newcomer(), code);
    await expect(page.getByTestId('member-choices')).toHaveCount(1);
    await page.locator('.sync-line').click();
    for (const opener of ['room-settings', 'member-choices', 'shortcuts-open', 'by-ear-open']) {
      await page.getByTestId(opener).click();
      await expect(page.locator('dialog[open]'), opener).toBeVisible();
      // It comes in by a short move, and what is half transparent has less contrast.
      await page.locator('dialog[open]').evaluate((sheet) => Promise.all(sheet.getAnimations().map(({ finished }) => finished)));
      expect(await barriers(page), opener).toEqual([]);
      await page.keyboard.press('Escape');
      await expect(page.locator('dialog[open]')).toHaveCount(0);
    }
  });
}
