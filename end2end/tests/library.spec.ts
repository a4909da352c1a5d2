// The library as people go through it: searching as they type, by folder, artist and album, and taking all of an album
// along. What is in it: harness/music.mjs.

import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { addToQueue, expect, libraryRow, SONGS, test, visit } from './room.ts';

const ALBUM = ['Harbour Lights', 'Copper Wire', 'Paper Lanterns', 'Long Way Down'];

/** The titles of the tracks that the library shows, in order; once the first of them is there. */
async function titles(page: Page): Promise<string[]> {
  const rows = page.getByTestId('track');
  await expect(rows.first()).toBeVisible();
  return rows.locator('.row-title').allTextContents();
}

/** The titles of what waits, in order. */
function queued(page: Page) {
  return page.getByTestId('queue-entry').locator('.row-title');
}

/** Waits until the scan has found the last song, and the page shows it. */
async function whole(page: Page): Promise<void> {
  await libraryRow(page, SONGS.short.title);
  await page.getByTestId('library-search-clear').click();
  await expect(page.getByTestId('library-search')).toHaveValue('');
}

test('typing finds titles that begin so first, then words inside, artists, albums and file names', async ({ host: { page } }) => {
  await whole(page);
  const search = page.getByTestId('library-search');
  await search.pressSequentially('l', { delay: 20 });
  await expect(page.getByTestId('track').first()).toContainText(SONGS.m4a.title);
  await expect(page.getByTestId('track')).toHaveCount(3);
  expect((await titles(page)).slice(1).sort()).toEqual([SONGS.flac.title, SONGS.mp3.title]);
  await search.fill('pilots copp');
  await expect(page.getByTestId('track')).toHaveCount(1);
  await expect(page.getByTestId('track')).toContainText(SONGS.opus.title);
  await search.fill('uni <b>');
  await expect(page.getByTestId('track')).toHaveCount(1);
  await expect(page.getByTestId('track').locator('.row-title')).toHaveText(SONGS.awkward.title);
  await search.fill('nothing of that kind');
  await expect(page.getByTestId('track')).toHaveCount(0);
  await expect(page.getByTestId('library-line')).toHaveText('Nothing found for “nothing of that kind”.');
  await page.getByTestId('library-search-clear').click();
  await expect(search).toBeFocused();
  await expect(page.getByTestId('track')).toHaveCount(Object.keys(SONGS).length);
});

test('folders lead further in, and their trail leads back', async ({ host: { page } }) => {
  await whole(page);
  await page.getByTestId('way-folders').click();
  const folder = page.getByTestId('folder');
  await expect(folder).toHaveCount(1);
  await expect(page.getByTestId('track').filter({ hasText: SONGS.wav.title })).toHaveCount(1);
  await folder.getByRole('button').click();
  await expect(page.getByTestId('library-place')).toHaveText('The Pilots');
  await expect(page.getByTestId('library-place')).toBeFocused();
  await page.getByTestId('folder').filter({ hasText: 'Night Ferry' }).getByRole('button').click();
  await expect(page.getByTestId('library-place')).toHaveText('Night Ferry');
  await expect(page.getByTestId('track')).toHaveCount(4);
  expect((await titles(page)).sort()).toEqual([...ALBUM].sort());
  const crumbs = page.getByTestId('library-crumbs');
  await expect(crumbs.getByRole('button')).toHaveText(['Folders', 'The Pilots']);
  await crumbs.getByRole('button', { name: 'The Pilots' }).click();
  await expect(page.getByTestId('library-place')).toHaveText('The Pilots');
  await expect(page.getByTestId('track')).toHaveCount(0);
  await crumbs.getByRole('button', { name: 'Folders' }).click();
  await expect(crumbs).toHaveCount(0);
  await expect(page.getByTestId('folder')).toHaveCount(1);
});

test('an artist leads to an album, and all of it goes into the queue in its order', async ({ host: { page } }) => {
  await whole(page);
  await page.getByTestId('way-artists').click();
  await page.getByTestId('artist').filter({ hasText: 'The Pilots' }).getByRole('button').click();
  await expect(page.getByTestId('library-place')).toHaveText('The Pilots');
  await page.getByTestId('album').filter({ hasText: 'Night Ferry' }).getByRole('button').click();
  await expect(page.getByTestId('library-place')).toHaveText('Night Ferry');
  const order = await titles(page);
  expect(order).toEqual(expect.arrayContaining(ALBUM));
  await page.getByTestId('whole-add').click();
  await expect(queued(page)).toHaveText(order);
  await expect(page.getByTestId('notices')).toContainText(`${order.length} tracks go into the queue`);
});

test('a whole folder plays at once: its first track sounds and the others wait in their order', async ({ host: { page } }) => {
  await whole(page);
  await addToQueue(page, SONGS.short.title);
  await page.getByTestId('way-folders').click();
  await page.getByTestId('folder').getByRole('button').click();
  await page.getByTestId('folder').filter({ hasText: 'Night Ferry' }).getByRole('button').click();
  await expect(page.getByTestId('library-place')).toHaveText('Night Ferry');
  await expect(page.getByTestId('track')).toHaveCount(4);
  const [first, ...rest] = await titles(page);
  await page.getByTestId('whole-play').click();
  await expect(page.getByTestId('track-title').first()).toHaveText(first);
  await expect(queued(page)).toHaveText([...rest, SONGS.short.title]);
});

test('play next goes before all that waits', async ({ host: { page } }) => {
  await addToQueue(page, SONGS.opus.title);
  await addToQueue(page, SONGS.flac.title);
  const row = await libraryRow(page, SONGS.mp3.title);
  await row.getByRole('button', { name: /^Play next/ }).click();
  await expect(queued(page)).toHaveText([SONGS.mp3.title, SONGS.opus.title, SONGS.flac.title]);
});

test('what was added last is under New, and albums have their cover, year and count', async ({ host: { page } }) => {
  await whole(page);
  await page.getByTestId('way-new').click();
  await expect(page.getByTestId('track')).toHaveCount(Object.keys(SONGS).length);
  await page.getByTestId('way-albums').click();
  const album = page.getByTestId('album').filter({ hasText: 'Night Ferry' });
  await expect(album).toContainText('The Pilots · 2026');
  await expect(album.locator('img')).toHaveAttribute('src', /artwork\?size=96$/);
  await expect(page.getByTestId('track')).toHaveCount(0);
});

test('a listener finds everything and no button for it', async ({ host, newcomer }) => {
  await whole(host.page);
  const guest = await newcomer();
  await visit(guest, host.code);
  const row = await libraryRow(guest, SONGS.flac.title);
  await expect(row.getByRole('button')).toHaveCount(0);
  await guest.getByTestId('way-artists').click();
  await guest.getByTestId('artist').filter({ hasText: 'The Pilots' }).getByRole('button').click();
  await expect(guest.getByTestId('library-place')).toHaveText('The Pilots');
  await expect(guest.getByTestId('track').first()).toBeVisible();
  for (const deed of ['whole-play', 'whole-next', 'whole-add']) await expect(guest.getByTestId(deed)).toHaveCount(0);
});

test('no way through the library has a barrier or is wider than a phone', async ({ host, newcomer }) => {
  await whole(host.page);
  const phone = await newcomer({ viewport: { width: 360, height: 740 } });
  await visit(phone, host.code);
  for (const page of [host.page, phone]) {
    for (const way of ['way-artists', 'way-albums', 'way-folders', 'way-new', 'way-all']) {
      await page.getByTestId(way).click();
      await expect(page.getByTestId(way)).toHaveAttribute('aria-pressed', 'true');
      await expect(page.locator('#library-results')).toHaveAttribute('aria-busy', 'false');
      const { violations } = await new AxeBuilder({ page }).include('#library').analyze();
      const found = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      expect(found.map(({ id, nodes }) => `${way} ${id}: ${nodes[0].target}`)).toEqual([]);
    }
    const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(tooWide).toBeLessThanOrEqual(0);
  }
});
