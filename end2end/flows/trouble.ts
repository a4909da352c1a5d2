// What goes wrong in real rooms: a device that is out of step, and a server that is gone for a moment.

import assert from 'node:assert/strict';
import type { Page } from '../driver/driver.ts';
import { SONGS } from '../harness/music.mjs';
import { add, atTheRoomsPlace, hasControls, inStep, play, sound } from './room.ts';
import { forgiveNetwork, gather, type Flows } from './stage.ts';
import { untilAttribute, untilCount, untilTexts } from './until.ts';

/** Counts from here on what interrupts the sound: nothing that befalls a deck beside one that is heard, or that nobody hears. */
const LISTEN = `(() => {
  window.interruptions = [];
  const decks = [...document.querySelectorAll('audio[data-deck]')];
  const isHeard = (deck) => !deck.paused && deck.volume > 0.001;
  for (const deck of decks) {
    for (const type of ['pause', 'waiting', 'emptied', 'ended', 'error', 'seeking']) deck.addEventListener(type, () => {
      if (deck.volume > 0.001 && !decks.some((other) => other !== deck && isHeard(other))) window.interruptions.push(type);
    });
  }
})()`;

async function uninterrupted(...pages: Page[]): Promise<void> {
  for (const page of pages) {
    assert.deepEqual(await page.evaluate('window.interruptions'), []);
    assert(await sound(page));
  }
}

/** Takes the decks that sound somewhere else, as no browser should. */
const LOSE_STEP = `document.querySelectorAll('audio[data-deck]').forEach((deck) => {
  if (!deck.paused) deck.currentTime += 4;
})`;

export const trouble: Flows = {
  'resync brings a device that lost its place back, and sync all everybody': async (stage) => {
    const { host, ada, ben } = stage;
    const room = await gather(stage);
    await play(host, SONGS.flac.title);
    await inStep(host, ada, ben);
    await ada.evaluate(LOSE_STEP);
    await ada.click('resync');
    await atTheRoomsPlace(room, ada);
    await inStep(ada);
    for (const page of [ada, ben]) await page.evaluate(LOSE_STEP);
    await host.click({ id: 'sync-all', nth: 0 });
    await atTheRoomsPlace(room, host, ada, ben);
    await inStep(host, ada, ben);
    await untilCount(ada, 'sync-all', 0);
  },

  'a server that is killed and comes back interrupts nobody, and knows the room as it was': async (stage) => {
    const { server, host, ada, ben } = stage;
    const all = [host, ada, ben];
    const room = await gather(stage);
    await add(host, SONGS.mp3.title);
    await play(host, SONGS.opus.title);
    await inStep(...all);
    const { streamId } = await room.api.playback(room.code);
    for (const page of all) await page.evaluate(LISTEN);

    await server.kill();
    for (const page of all) await untilAttribute(page, 'sync-status', 'data-state', 'reconnecting');
    await server.start();
    await inStep(...all);
    await uninterrupted(...all);
    const { status, streamId: after } = await room.api.playback(room.code);
    assert.deepEqual({ status, streamId: after }, { status: 'playing', streamId });
    await atTheRoomsPlace(room, ...all);
    for (const page of all) await untilTexts(page, 'queue-entry', [SONGS.mp3.title]);
    await hasControls(host);
    await host.click('play-pause');
    for (const page of all) await untilAttribute(page, 'sync-status', 'data-state', 'paused');
    forgiveNetwork(...all);
  },
};
