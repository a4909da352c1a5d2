// What goes wrong in real rooms: the server dies, the network goes dark, a connection is cut, a tab sleeps. The music
// goes on, and the pages find back into step by themselves.

import type { Page } from '@playwright/test';
import { startProxy } from '../harness/proxy.mjs';
import { addToQueue, expect, expectAtTheRoomsPlace, expectInSync, expectState, expectUninterrupted, markSound, placeSec, play, SONGS, test as base, visit } from './room.ts';

/** How long the network is gone: longer than a keep-alive, shorter than the track. */
const BLACK_OUT_SEC = 8;

type BadNetwork = Awaited<ReturnType<typeof startProxy>>;

/** Somebody in the host's room, and the network between the page and the server. */
const test = base.extend<{ network: BadNetwork; faraway: Page }>({
  network: async ({ server }, use) => {
    const network = await startProxy({ targetPort: server.port });
    await use(network);
    await network.stop();
  },

  faraway: async ({ host, newcomer, network }, use) => {
    const page = await newcomer({ baseURL: network.url });
    await visit(page, host.code);
    await use(page);
  },
});

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

test('without a network the sound goes on, and what was missed is made up for afterwards', async ({ host, network, faraway: guest }) => {
  await play(host.page, SONGS.opus.title);
  await expectInSync(host.page, guest);
  await markSound(guest);

  const cutOffAtSec = Number(await placeSec(guest));
  network.blackOut();
  await expect.poll(() => placeSec(guest), { timeout: 20_000 }).toBeGreaterThan(cutOffAtSec + BLACK_OUT_SEC);
  await expectUninterrupted(guest);
  await host.api.control(host.code, 'seek', { positionSec: 60 });
  await expectInSync(host.page);
  network.comeBack();

  await expectAtTheRoomsPlace(guest, host);
  await expectInSync(guest);
  expect(await placeSec(guest)).toBeGreaterThan(60);
});

test('a connection that is cut is made again without a break in the sound', async ({ host, network, faraway: guest }) => {
  network.delayMs = 20;
  await play(host.page, SONGS.opus.title);
  await expectInSync(host.page, guest);
  await markSound(guest);

  const reconnected = guest.waitForEvent('websocket');
  network.cut();
  await reconnected;
  await expectInSync(guest);
  await expectUninterrupted(guest);
  await host.page.getByTestId('play-pause').click();
  await expectState(guest, 'paused');
});

test('a connection that was forgotten on the way is noticed, and made again as the same member', async ({ host, network, faraway: guest }) => {
  test.setTimeout(120_000);
  await play(host.page, SONGS.opus.title);
  await expectInSync(host.page, guest);
  await markSound(guest);
  const before = await host.api.clients(host.code);
  expect(before.length).toBe(2);

  const reconnected = guest.waitForEvent('websocket', { timeout: 60_000 });
  network.forget();
  await reconnected;
  await expectInSync(guest);
  await expectUninterrupted(guest);
  const ids = (clients: { memberId: string }[]) => clients.map(({ memberId }) => memberId).sort();
  expect(ids(await host.api.clients(host.code))).toEqual(ids(before));
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
