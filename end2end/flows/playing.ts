// One person controls, everybody hears and sees it.

import assert from 'node:assert/strict';
import { SONGS } from '../harness/music.mjs';
import { add, atTheRoomsPlace, hasNoControls, inStep, make, play, showTrack, silent, sound } from './room.ts';
import { forgiveNetwork, gather, type Flows } from './stage.ts';
import { until, untilAttribute, untilIs } from './until.ts';

/** It plays what the encoder put before the music (manual/sync.md). */
const FIREFOX_OPUS_LATE_SEC = 0.0065;

export const playing: Flows = {
  'play, pause and play again reach everybody at the same place': async (stage) => {
    const { host, ada, ben } = stage;
    const room = await gather(stage);
    await play(host, SONGS.flac.title);
    await inStep(host, ada, ben);
    await showTrack(SONGS.flac.title, host, ada, ben);
    await atTheRoomsPlace(room, host, ada, ben);

    await host.click('play-pause');
    for (const page of [host, ada, ben]) await untilAttribute(page, 'sync-status', 'data-state', 'paused');
    await silent(host, ada, ben);
    const { positionSec } = await room.api.playback(room.code);
    await host.click('play-pause');
    await inStep(host, ada, ben);
    await atTheRoomsPlace(room, host, ada, ben);
    assert((await room.api.playback(room.code)).startPositionSec - positionSec < 0.1, 'it goes on where it was');
  },

  'a seek takes everybody along': async (stage) => {
    const { host, ada, ben } = stage;
    const room = await gather(stage);
    await play(host, SONGS.flac.title);
    await inStep(host, ada, ben);
    await host.fill('seek', '60');
    await until(async () => assert((await room.api.playback(room.code)).positionSec >= 60));
    await atTheRoomsPlace(room, host, ada, ben);
    await inStep(host, ada, ben);
  },

  'a file in Opus is sent where its sound is': async (stage) => {
    const { host, ada, ben } = stage;
    await gather(stage);
    await play(host, SONGS.opus.title);
    await inStep(host, ada, ben);
    await host.click('play-pause');
    await silent(host, ada, ben);
    await host.fill('seek', '30');
    for (const page of [host, ada, ben]) {
      const atSec = page.engine === 'firefox' ? 30 + FIREFOX_OPUS_LATE_SEC : 30;
      await until(async () => {
        const places = await page.evaluate<number[]>('[...document.querySelectorAll("audio[data-deck]")].map(({ currentTime }) => currentTime)');
        assert(places.some((placeSec) => Math.abs(placeSec - atSec) < 0.001), `at ${places.join(' and ')}`);
      });
    }
  },

  'next plays what waits, and previous what was before': async (stage) => {
    const { host, ada, ben } = stage;
    const room = await gather(stage);
    await play(host, SONGS.flac.title);
    await add(host, SONGS.opus.title);
    await host.click('next');
    await showTrack(SONGS.opus.title, host, ada, ben);
    await inStep(host, ada, ben);
    await atTheRoomsPlace(room, host, ada, ben);
    await host.click('previous');
    await showTrack(SONGS.flac.title, host, ada, ben);
    await inStep(host, ada, ben);
  },

  "the room's volume and its repeat are the same for everybody": async (stage) => {
    const { host, ada, ben } = stage;
    const room = await gather(stage);
    await make(host, 'Ada', 'dj');
    await play(host, SONGS.short.title);
    await inStep(host, ada, ben);
    const full = Number((await sound(ben))?.volume);
    await host.fill('room-volume', '0.3');
    await until(async () => assert(Number((await sound(ben))?.volume) < full * 0.6, 'it is less loud'));
    await until(async () => assert.equal((await ada.see('room-volume'))[0].value, '0.3'));

    for (const mode of ['all', 'one']) {
      await host.click('repeat');
      for (const page of [host, ada]) await untilAttribute(page, 'repeat', 'data-mode', mode);
    }
    await host.fill('seek', '5');
    await untilIs(async () => (await room.api.playback(room.code)).startPositionSec, 5);
    await until(async () => assert((await room.api.playback(room.code)).positionSec < 4, 'it begins again'));
    await showTrack(SONGS.short.title, host, ada, ben);
    await atTheRoomsPlace(room, host, ada, ben);
    await ada.click('repeat');
    await untilIs(async () => (await room.api.playback(room.code)).repeat, 'off');
  },

  'the end of a track leads into the next one, for everybody': async (stage) => {
    const { host, ada, ben } = stage;
    const room = await gather(stage);
    await add(host, SONGS.opus.title);
    await play(host, SONGS.short.title);
    await showTrack(SONGS.short.title, ada, ben);
    await showTrack(SONGS.opus.title, host, ada, ben);
    await inStep(host, ada, ben);
    await atTheRoomsPlace(room, host, ada, ben);
  },

  'a listener is shown no control, and is refused when asking all the same': async (stage) => {
    const { host, ada, ben } = stage;
    const { api, code } = await gather(stage);
    await play(host, SONGS.flac.title);
    await inStep(host, ada, ben);
    await hasNoControls(ada);
    const { revision } = await api.playback(code);
    for (const path of ['playback/pause', 'playback/next', 'queue']) {
      const answer = await ada.evaluate<number>(`fetch('/api/rooms/${code}/${path}', {
        method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"trackIds":[],"at":"end"}',
      }).then((answer) => answer.status)`);
      assert.equal(answer, 403, path);
    }
    const after = await api.playback(code);
    assert.deepEqual({ status: after.status, revision: after.revision }, { status: 'playing', revision });
    forgiveNetwork(ada);
  },

  'who silences their own device silences nobody else, and joins again at the position': async (stage) => {
    const { host, ada, ben } = stage;
    const room = await gather(stage);
    await play(host, SONGS.flac.title);
    await inStep(host, ada, ben);
    await ada.click('silence');
    await silent(ada);
    await untilAttribute(ada, 'silence', 'aria-pressed', 'true');
    assert.equal((await room.api.playback(room.code)).status, 'playing');
    await atTheRoomsPlace(room, host, ben);
    await host.fill('seek', '40');
    await ada.click('silence');
    await inStep(ada);
    await atTheRoomsPlace(room, host, ada, ben);
  },
};
