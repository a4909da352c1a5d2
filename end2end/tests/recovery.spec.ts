// What goes wrong in real rooms: the server dies, the network goes dark, a connection is cut, a tab sleeps. The music
// goes on, and the pages find back into step by themselves.

import { startProxy } from '../harness/proxy.mjs';
import { addToQueue, expect, expectAtTheRoomsPlace, expectInSync, expectState, expectUninterrupted, markSound, placeSec, play, SONGS, test, visit } from './room.ts';

/** How long the network is gone: longer than a keep-alive, shorter than the track. */
const BLACK_OUT_SEC = 8;
/** Twice what the music of these tests is played at. */
const SLOW_BYTES_PER_SEC = 24_000;

test('a server that is killed and started again interrupts nobody and forgets nothing', async ({ host, newcomer, server }) => {
  const guest = await newcomer();
  await visit(guest, host.code);
  await addToQueue(host.page, SONGS.mp3.title);
  await addToQueue(host.page, SONGS.m4a.title);
  await play(host.page, SONGS.opus.title);
  await expectInSync(host.page, guest);
  const before = await host.api.room(host.code);
  const beforeAtMs = Date.now();
  await markSound(host.page, guest);

  await server.kill();
  for (const page of [host.page, guest]) await expectState(page, 'reconnecting');
  await server.start();
  await expectInSync(host.page, guest);

  await expectUninterrupted(host.page, guest);
  const after = await host.api.room(host.code);
  const elapsedSec = (Date.now() - beforeAtMs) / 1_000;
  expect(after.name).toBe(before.name);
  expect(after.queue).toEqual(before.queue);
  expect(after.playback).toMatchObject({
    status: 'playing',
    streamId: before.playback.streamId,
    track: { id: before.playback.track?.id },
  });
  expect(Math.abs(after.playback.positionSec - before.playback.positionSec - elapsedSec)).toBeLessThan(1);
  await expect(host.page.getByTestId('play-pause')).toBeVisible();
  for (const page of [host.page, guest]) await expectAtTheRoomsPlace(page, host);
});

test('without a network the sound goes on, and what was missed is made up for afterwards', async ({ host, newcomer, server }) => {
  const proxy = await startProxy({ targetPort: server.port });
  const guest = await newcomer({ baseURL: proxy.url });
  await visit(guest, host.code);
  await play(host.page, SONGS.opus.title);
  await expectInSync(host.page, guest);
  await markSound(guest);

  const cutOffAtSec = Number(await placeSec(guest));
  proxy.blackOut();
  await expect.poll(() => placeSec(guest), { timeout: 20_000 }).toBeGreaterThan(cutOffAtSec + BLACK_OUT_SEC);
  await expectUninterrupted(guest);
  await host.api.control(host.code, 'seek', { positionSec: 60 });
  await expectInSync(host.page);
  proxy.comeBack();

  await expectAtTheRoomsPlace(guest, host);
  await expectInSync(guest);
  expect(await placeSec(guest)).toBeGreaterThan(60);
  await proxy.stop();
});

test('a connection that is cut is made again without a break in the sound', async ({ host, newcomer, server }) => {
  const proxy = await startProxy({ targetPort: server.port, delayMs: 20 });
  const guest = await newcomer({ baseURL: proxy.url });
  await visit(guest, host.code);
  await play(host.page, SONGS.opus.title);
  await expectInSync(host.page, guest);
  await markSound(guest);

  const reconnected = guest.waitForEvent('websocket');
  proxy.cut();
  await reconnected;
  await expectInSync(guest);
  await expectUninterrupted(guest);
  await host.page.getByTestId('play-pause').click();
  await expectState(guest, 'paused');
  await proxy.stop();
});

test('a connection that was forgotten on the way is noticed, and made again as the same member', async ({ host, newcomer, server }) => {
  test.setTimeout(120_000);
  const proxy = await startProxy({ targetPort: server.port });
  const guest = await newcomer({ baseURL: proxy.url });
  await visit(guest, host.code);
  await play(host.page, SONGS.opus.title);
  await expectInSync(host.page, guest);
  await markSound(guest);
  const before = await host.api.clients(host.code);
  expect(before.length).toBe(2);

  const reconnected = guest.waitForEvent('websocket', { timeout: 60_000 });
  proxy.forget();
  await reconnected;
  await expectInSync(guest);
  await expectUninterrupted(guest);
  const ids = (clients: { memberId: string }[]) => clients.map(({ memberId }) => memberId).sort();
  expect(ids(await host.api.clients(host.code))).toEqual(ids(before));
  await proxy.stop();
});

test('music whose connection was forgotten on the way is asked for anew', async ({ host, newcomer, server }) => {
  const proxy = await startProxy({ targetPort: server.port });
  const guest = await newcomer({ baseURL: proxy.url });
  await visit(guest, host.code);
  await expectState(guest, 'idle');
  // Faster than it is played, but not there when the connections are forgotten.
  proxy.bytesPerSec = SLOW_BYTES_PER_SEC;
  await play(host.page, SONGS.opus.title);
  await expectInSync(host.page, guest);

  proxy.forget();
  await expectState(guest, 'buffering');
  proxy.bytesPerSec = Infinity;
  await expectInSync(guest);
  await expectAtTheRoomsPlace(guest, host);
  await proxy.stop();
});

test('a tab that was frozen while the host went elsewhere is in step again when it is shown', async ({ host, newcomer }) => {
  const guest = await newcomer();
  await visit(guest, host.code);
  await play(host.page, SONGS.opus.title);
  await expectInSync(host.page, guest);

  const lifecycle = await guest.context().newCDPSession(guest);
  await lifecycle.send('Page.setWebLifecycleState', { state: 'frozen' });
  await host.api.control(host.code, 'seek', { positionSec: 70 });
  await expect.poll(async () => (await host.api.playback(host.code)).positionSec).toBeGreaterThan(72);
  await lifecycle.send('Page.setWebLifecycleState', { state: 'active' });

  await expectAtTheRoomsPlace(guest, host);
  await expectInSync(host.page, guest);
});

test('a hidden tab follows the room, and is in step when it is shown', async ({ host, newcomer }) => {
  const guest = await newcomer();
  await visit(guest, host.code);
  await play(host.page, SONGS.opus.title);
  await expectInSync(host.page, guest);

  const showAs = (state: DocumentVisibilityState) =>
    guest.evaluate((value) => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => value });
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => value === 'hidden' });
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    }, state);
  await showAs('hidden');
  await host.api.control(host.code, 'seek', { positionSec: 50 });
  await expectAtTheRoomsPlace(guest, host);
  await showAs('visible');
  await expectInSync(host.page, guest);
  await expectAtTheRoomsPlace(guest, host);
});
