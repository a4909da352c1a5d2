// One person controls, everybody hears: each control of the room page, seen and heard from a second browser.

import { addToQueue, audible, expect, expectAtTheRoomsPlace, expectInSync, expectSilent, expectState, NOT_MUSIC, play, slideTo, SONGS, test, visit, type Newcomer, type Room } from './room.ts';

/** A second person in the host's room, both hearing a song and in step. */
async function playingTogether(host: Room, newcomer: Newcomer, song = SONGS.flac) {
  const guest = await newcomer();
  await visit(guest, host.code);
  await play(host.page, song.title);
  await expectInSync(host.page, guest);
  return guest;
}

for (const song of [SONGS.flac, SONGS.opus, SONGS.mp3, SONGS.m4a, SONGS.wav, SONGS.awkward]) {
  test(`two browsers play '${song.file.split('/').at(-1)}' in step`, async ({ host, newcomer }) => {
    const guest = await playingTogether(host, newcomer, song);
    for (const page of [host.page, guest]) {
      await expect(page.getByTestId('track-title').first()).toHaveText(song.title);
      await expectAtTheRoomsPlace(page, host);
    }
  });
}

test('a text file that is named like music is not in the library', async ({ host }) => {
  const { page } = host;
  await expect(page.getByTestId('track').filter({ hasText: SONGS.flac.title })).not.toHaveCount(0, { timeout: 30_000 });
  await page.getByTestId('library-search').fill(NOT_MUSIC.split('.')[0]);
  await expect(page.getByTestId('track')).toHaveCount(0);
});

test('the library marks each row with the id of its track', async ({ host }) => {
  const row = host.page.getByTestId('track').filter({ hasText: SONGS.opus.title });
  await expect(row).toHaveCount(1, { timeout: 30_000 });
  const track = await host.api.trackTitled(SONGS.opus.title);
  await expect(row).toHaveAttribute('data-track-id', String(track?.id));
});

test('pause silences everybody at the same place, and resume goes on from there', async ({ host, newcomer }) => {
  const guest = await playingTogether(host, newcomer);
  await host.page.getByTestId('play-pause').click();
  for (const page of [host.page, guest]) {
    await expectState(page, 'paused');
    await expectSilent(page);
    await expectAtTheRoomsPlace(page, host);
  }
  const pausedAtSec = (await host.api.playback(host.code)).positionSec;

  await host.page.getByTestId('play-pause').click();
  await expectInSync(host.page, guest);
  await expectAtTheRoomsPlace(guest, host);
  expect((await host.api.playback(host.code)).startPositionSec).toBeCloseTo(pausedAtSec, 1);
});

test('a seek takes everybody along', async ({ host, newcomer }) => {
  const guest = await playingTogether(host, newcomer);
  await slideTo(host.page.getByTestId('seek'), 0.5);
  await expect.poll(async () => (await host.api.playback(host.code)).startPositionSec).toBeGreaterThan(SONGS.flac.seconds * 0.45);
  await expectInSync(host.page, guest);
  for (const page of [host.page, guest]) await expectAtTheRoomsPlace(page, host);
});

test('next plays what was added to the queue, and previous comes back', async ({ host, newcomer }) => {
  const guest = await playingTogether(host, newcomer);
  await addToQueue(host.page, SONGS.opus.title);
  await expect(guest.getByTestId('queue-entry').filter({ hasText: SONGS.opus.title })).toHaveCount(1);

  await host.page.getByTestId('next').click();
  for (const page of [host.page, guest]) await expect(page.getByTestId('track-title').first()).toHaveText(SONGS.opus.title);
  await expectInSync(host.page, guest);
  await expectAtTheRoomsPlace(guest, host);

  await host.page.getByTestId('previous').click();
  for (const page of [host.page, guest]) await expect(page.getByTestId('track-title').first()).toHaveText(SONGS.flac.title);
  await expectInSync(host.page, guest);
});

test('the end of a track leads into the next one of the queue by itself', async ({ host, newcomer }) => {
  const guest = await newcomer();
  await visit(guest, host.code);
  await addToQueue(host.page, SONGS.opus.title);
  await play(host.page, SONGS.short.title);
  await expect(guest.getByTestId('track-title').first()).toHaveText(SONGS.short.title);
  for (const page of [host.page, guest]) await expect(page.getByTestId('track-title').first()).toHaveText(SONGS.opus.title);
  await expectInSync(host.page, guest);
  await expectAtTheRoomsPlace(guest, host);
});

test('stop silences everybody and goes back to the beginning', async ({ host, newcomer }) => {
  const guest = await playingTogether(host, newcomer);
  await host.api.control(host.code, 'stop');
  for (const page of [host.page, guest]) await expectSilent(page);
  const { status, positionSec } = await host.api.playback(host.code);
  expect({ status, positionSec }).toEqual({ status: 'stopped', positionSec: 0 });
});

test("the room's volume reaches everybody", async ({ host, newcomer }) => {
  const guest = await playingTogether(host, newcomer);
  const volume = async () => (await audible(guest))?.volume ?? 0;
  await slideTo(host.page.getByTestId('room-volume'), 1);
  await expect.poll(async () => (await host.api.playback(host.code)).volume).toBe(1);
  await expect.poll(volume).toBeGreaterThan(0);
  const full = await volume();

  await slideTo(host.page.getByTestId('room-volume'), 0.25);
  await expect.poll(async () => (await host.api.playback(host.code)).volume).toBeCloseTo(0.25);
  await expect.poll(volume).toBeLessThan(full * 0.5);
  await slideTo(host.page.getByTestId('room-volume'), 0);
  await expectSilent(guest);
});

test("a listener's own volume changes nobody else's", async ({ host, newcomer }) => {
  const guest = await playingTogether(host, newcomer);
  const before = (await audible(host.page))?.volume;
  await slideTo(guest.getByTestId('volume'), 0);
  await expectSilent(guest);
  expect((await audible(host.page))?.volume).toBe(before);
});

test('a listener is shown no control of the room', async ({ host, newcomer }) => {
  const guest = await playingTogether(host, newcomer);
  for (const control of ['play-pause', 'next', 'previous', 'room-volume']) {
    await expect(host.page.getByTestId(control)).toBeVisible();
    await expect(guest.getByTestId(control)).toHaveCount(0);
  }
});

test('a listener who sends HOST_PAUSE over a socket of their own is refused and nothing changes', async ({ host, newcomer }) => {
  const guest = await playingTogether(host, newcomer);
  const answer = await guest.evaluate(async (code) => {
    const revision = async () => (await (await fetch(`/api/rooms/${code}/playback`)).json()).revision;
    const socket = new WebSocket(`ws://${location.host}/ws/${code}`, 'tutti.v1');
    const message = (name: string) =>
      new Promise<{ t: string; code?: string }>((resolve, reject) => {
        socket.addEventListener('message', ({ data }) => {
          const parsed = JSON.parse(data);
          if (parsed.t === name) resolve(parsed);
        });
        socket.addEventListener('close', ({ code }) => reject(new Error(`closed with ${code} before ${name}`)));
      });
    const welcome = message('WELCOME');
    socket.addEventListener('open', () => socket.send(JSON.stringify({ t: 'HELLO', name: 'Mallory' })));
    const { role } = (await welcome) as unknown as { role: string };
    const before = await revision();
    const error = message('ERROR');
    socket.send(JSON.stringify({ t: 'HOST_PAUSE' }));
    const { t, code: reason } = await error;
    const after = await revision();
    socket.close();
    return { role, t, reason, before, after };
  }, host.code);
  expect(answer).toMatchObject({ role: 'listener', t: 'ERROR', reason: expect.stringMatching(/.+/), after: answer.before });
  expect((await host.api.playback(host.code)).status).toBe('playing');
  await expectInSync(host.page, guest);
});
