// The room page as such: how its parts stand on a phone and on a desk, that nothing in it jumps, that it takes the colour
// of the artwork, and how the queue is put in another order by hand.

import type { Page } from '@playwright/test';
import { addToQueue, expect, expectInSync, play, SONGS, test, visit } from './room.ts';

const PHONE = { width: 360, height: 740 };

const titles = (page: Page) => page.getByTestId('queue-entry').locator('.row-title').allTextContents();

async function threeWait(page: Page): Promise<string[]> {
  const songs = [SONGS.opus.title, SONGS.mp3.title, SONGS.wav.title];
  for (const title of songs) await addToQueue(page, title);
  await expect.poll(() => titles(page)).toEqual(songs);
  return songs;
}

/** Takes an entry by its grip and lets it go over another one, in steps as a hand does. */
async function drag(page: Page, title: string, onto: string): Promise<void> {
  const row = (name: string) => page.getByTestId('queue-entry').filter({ hasText: name });
  await row(title).scrollIntoViewIfNeeded();
  const grip = await row(title).getByTestId('queue-grip').boundingBox();
  const target = await row(onto).boundingBox();
  if (!grip || !target) throw new Error('a row is not there');
  const x = grip.x + grip.width / 2;
  await page.mouse.move(x, grip.y + grip.height / 2);
  await page.mouse.down();
  const [from, to] = [grip.y + grip.height / 2, target.y + target.height / 2];
  const past = Math.sign(to - from) * 12;
  for (let step = 1; step <= 8; step += 1) await page.mouse.move(x, from + ((to + past - from) * step) / 8);
  await page.mouse.up();
}

test('an entry of the queue is dragged to another place, and everyone sees it there', async ({ host, newcomer }) => {
  const guest = await newcomer();
  await visit(guest, host.code);
  const [first, second, third] = await threeWait(host.page);
  await drag(host.page, first, third);
  await expect.poll(() => titles(host.page)).toEqual([second, third, first]);
  await expect.poll(() => titles(guest)).toEqual([second, third, first]);
  await drag(host.page, first, second);
  await expect.poll(() => titles(guest)).toEqual([first, second, third]);
  await expect(guest.getByTestId('queue-grip')).toHaveCount(0);
});

test('a drag that is cancelled moves nothing', async ({ host }) => {
  const songs = await threeWait(host.page);
  const grip = host.page.getByTestId('queue-entry').first().getByTestId('queue-grip');
  await grip.hover();
  await host.page.mouse.down();
  await host.page.mouse.move(10, 400, { steps: 3 });
  await host.page.keyboard.press('Escape');
  await expect(host.page.locator('.is-held')).toHaveCount(0);
  await host.page.mouse.up();
  expect(await titles(host.page)).toEqual(songs);
});

test('the arrow keys move an entry, and it keeps the focus', async ({ host }) => {
  const [first, second, third] = await threeWait(host.page);
  await host.page.getByTestId('queue-entry').first().getByTestId('queue-grip').focus();
  await host.page.keyboard.press('ArrowDown');
  await expect.poll(() => titles(host.page)).toEqual([second, first, third]);
  await expect(host.page.getByTestId('notices')).toContainText('2 of 3');
  await expect(host.page.getByTestId('queue-entry').nth(1).getByTestId('queue-grip')).toBeFocused();
  await host.page.keyboard.press('ArrowUp');
  await expect.poll(() => titles(host.page)).toEqual([first, second, third]);
});

test('what was played is listed, with who brought it, and can be had once more', async ({ host }) => {
  await addToQueue(host.page, SONGS.mp3.title);
  await addToQueue(host.page, SONGS.flac.title);
  await host.page.getByTestId('play-pause').click();
  await expect(host.page.getByTestId('track-title')).toHaveText(SONGS.mp3.title);
  await host.page.getByTestId('next').click();
  const history = host.page.getByTestId('history');
  await history.locator('summary').click();
  const played = history.getByTestId('history-entry');
  await expect(played).toHaveCount(1);
  await expect(played).toContainText(SONGS.mp3.title);
  await expect(played.locator('.row-added')).not.toBeEmpty();
  await played.getByTestId('history-again').click();
  await expect.poll(() => titles(host.page)).toEqual([SONGS.mp3.title]);
});

test('the page takes the colour of the artwork, and another one without', async ({ host }) => {
  const hue = () => host.page.evaluate(() => Number(document.documentElement.style.getPropertyValue('--tone-h')));
  await play(host.page, SONGS.flac.title);
  await expect(host.page.getByTestId('track-title')).toHaveText(SONGS.flac.title);
  // The test's cover goes from an orange, hue 61, to a blue.
  await expect.poll(hue).toBeGreaterThan(45);
  expect(await hue()).toBeLessThan(80);
  const before = await hue();
  await play(host.page, SONGS.opus.title);
  await expect.poll(hue).not.toBe(before);
});

test('on a phone a small player stands in for the large one while that is out of sight', async ({ host }) => {
  await play(host.page, SONGS.flac.title);
  await host.page.setViewportSize(PHONE);
  await host.page.getByTestId('track-title').scrollIntoViewIfNeeded();
  const small = host.page.getByTestId('mini-play-pause');
  await expect(small).toBeHidden();
  const dock = host.page.locator('.tabs');
  await dock.getByRole('link', { name: 'Library' }).click();
  await expect(small).toBeVisible();
  await expect(dock.getByRole('link', { name: 'Library' })).toHaveAttribute('aria-current', 'true');
  await small.click();
  await expect(small).toHaveAccessibleName('Play');
  await dock.getByRole('link', { name: 'Playing' }).click();
  await expect(small).toBeHidden();
});

for (const width of [320, 360, 640, 820, 1000, 1280, 1440]) {
  test(`nothing stands beside the page at a width of ${width}`, async ({ host }) => {
    await addToQueue(host.page, SONGS.mp3.title);
    await play(host.page, SONGS.flac.title);
    await host.page.setViewportSize({ width, height: 740 });
    const over = await host.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(over).toBeLessThanOrEqual(0);
  });
}

test('nothing jumps while the page is taken over and the music begins', async ({ host, newcomer }) => {
  await addToQueue(host.page, SONGS.mp3.title);
  await play(host.page, SONGS.flac.title);
  await expectInSync(host.page);
  const guest = await newcomer({ viewport: PHONE });
  await guest.addInitScript(() => {
    const shifts = { sum: 0 };
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number })[]) shifts.sum += entry.value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await visit(guest, host.code);
  await expectInSync(guest);
  // Below 0.1 a page counts as good; this one is to have next to none.
  expect(await guest.evaluate(() => (window as unknown as { shifts: { sum: number } }).shifts.sum)).toBeLessThan(0.02);
});
