// What stands outside of the page: lock screen, headset and media keys, and how loud a room is.

import { expect, expectInSync, play, SONGS, test, visit } from './room.ts';

test('the lock screen knows what plays, and pausing there pauses this device only', async ({ host, newcomer }) => {
  const guest = await newcomer();
  await guest.addInitScript(() => {
    const keys: Record<string, MediaSessionActionHandler | null> = {};
    Object.assign(window, { keys });
    navigator.mediaSession.setActionHandler = (action, handler) => void (keys[action] = handler);
  });
  await visit(guest, host.code);
  await play(host.page, SONGS.flac.title);
  await expectInSync(host.page, guest);
  const shown = () => guest.evaluate(() => ({ title: navigator.mediaSession.metadata?.title, artist: navigator.mediaSession.metadata?.artist, artwork: navigator.mediaSession.metadata?.artwork.length, state: navigator.mediaSession.playbackState }));
  await expect.poll(shown).toEqual({ title: SONGS.flac.title, artist: SONGS.flac.artist, artwork: 2, state: 'playing' });

  const press = (action: string) => guest.evaluate((action) => (window as unknown as { keys: Record<string, (details: object) => void> }).keys[action]?.({ action }), action);
  await press('pause');
  await expect.poll(async () => (await shown()).state).toBe('paused');
  expect((await host.api.playback(host.code)).status).toBe('playing');
  await press('play');
  await expectInSync(host.page, guest);

  const keys = (page: typeof guest) => page.evaluate(() => Object.entries((window as unknown as { keys: object }).keys).filter(([, handler]) => handler).map(([action]) => action));
  expect(await keys(guest)).not.toContain('nexttrack');
});

test('the host chooses whether tracks are made equally loud, and everybody follows', async ({ host, newcomer }) => {
  const guest = await newcomer();
  await visit(guest, host.code);
  await expect(guest.getByTestId('room-settings')).toHaveCount(0);
  await host.page.getByTestId('room-settings').click();
  await expect(host.page.getByTestId('loudness')).toHaveValue('Every track equally loud');
  await host.page.getByTestId('loudness').selectOption({ index: 2 });
  await expect.poll(async () => ((await host.api.room(host.code)) as unknown as { settings: { loudness: string } }).settings.loudness).toBe('off');
  await host.page.reload();
  await host.page.getByTestId('room-settings').click();
  await expect(host.page.getByTestId('loudness')).toHaveValue('As the files are');
});
