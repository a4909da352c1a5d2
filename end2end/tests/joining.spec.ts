// Coming in while the music plays: late, again, or a second time.

import type { WitnessedWindow } from '../harness/witness.mjs';
import { expect, expectAtTheRoomsPlace, expectInSync, expectSilent, play, SONGS, test, visit } from './room.ts';

test('who joins late hears the right place at once, and nothing from before', async ({ host, newcomer }) => {
  await play(host.page, SONGS.flac.title);
  await expectInSync(host.page);
  await host.api.control(host.code, 'seek', { positionSec: 40 });
  const { positionSec } = await host.api.playback(host.code);
  expect(positionSec).toBeGreaterThan(35);

  const guest = await newcomer();
  await visit(guest, host.code);
  await expectInSync(guest);
  await expectAtTheRoomsPlace(guest, host);
  const heardSec = await guest.evaluate(() => (window as unknown as WitnessedWindow).witness.heardSec());
  expect(heardSec.length).toBeGreaterThan(0);
  expect(Math.min(...heardSec)).toBeGreaterThan(positionSec - 0.5);
});

test('who joins a paused room is silent until it goes on', async ({ host, newcomer }) => {
  await play(host.page, SONGS.flac.title);
  await expectInSync(host.page);
  await host.page.getByTestId('play-pause').click();
  const guest = await newcomer();
  await visit(guest, host.code);
  await expect(guest.getByTestId('track-title').first()).toHaveText(SONGS.flac.title);
  await expect(guest.getByTestId('sync-status')).toHaveAttribute('data-state', 'paused');
  await expectSilent(guest);

  await host.page.getByTestId('play-pause').click();
  await expectInSync(host.page, guest);
  await expectAtTheRoomsPlace(guest, host);
});

test('a reload in the middle of a track is in step again, for the host as for a listener', async ({ host, newcomer }) => {
  const guest = await newcomer();
  await visit(guest, host.code);
  await play(host.page, SONGS.opus.title);
  await expectInSync(host.page, guest);
  for (const page of [guest, host.page]) {
    await page.reload();
    await expectInSync(page);
    await expectAtTheRoomsPlace(page, host);
    await expect(page.getByTestId('track-title').first()).toHaveText(SONGS.opus.title);
  }
  await expect(host.page.getByTestId('play-pause')).toBeVisible();
  await expect(guest.getByTestId('play-pause')).toHaveCount(0);
  await expect(guest.getByTestId('member')).toHaveCount(2);
});

test("a second tab of the host's browser controls the room, too", async ({ host, context }) => {
  const second = await context.newPage();
  await visit(second, host.code);
  await play(host.page, SONGS.flac.title);
  await expectInSync(host.page, second);
  await second.getByTestId('play-pause').click();
  for (const page of [host.page, second]) await expect(page.getByTestId('sync-status')).toHaveAttribute('data-state', 'paused');
  await expectSilent(host.page);
});

test('who leaves disappears from the list', async ({ host, newcomer }) => {
  const guest = await newcomer();
  await visit(guest, host.code);
  await expect(host.page.getByTestId('member')).toHaveCount(2);
  await guest.close();
  await expect(host.page.getByTestId('member')).toHaveCount(1, { timeout: 30_000 });
});
