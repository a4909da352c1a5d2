// What axe can see of WCAG 2.2 AA, in dark and light, for hosts and listeners.

import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { addToQueue, expect, expectInSync, play, SONGS, test, visit } from './room.ts';

/** The serious and critical findings of a page, each with the elements that it is about. */
async function barriers(page: Page): Promise<string[]> {
  const { violations, passes } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze();
  expect(passes.length).toBeGreaterThan(10);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

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
}
