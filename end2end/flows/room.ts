// What people do in a room and what they hear there, as flows tell it.

import assert from 'node:assert/strict';
import type { Page, Seen, Target } from '../driver/driver.ts';
import { ENGINES } from '../driver/engines.ts';
import type { Room } from './stage.ts';
import { until, untilAttribute, untilCount, untilSeen, untilShown } from './until.ts';

/** Anything but a different place in the track; how exact it is, the audible bench tells. */
const SAME_PLACE_SEC = 0.5;

/** The row of a member in the list of people. */
export function rowOf(name: string): Target {
  return { id: 'member', text: name };
}

/** The queue's entries of a track. */
export function entryOf(title: string): Target {
  return { id: 'queue-entry', text: title };
}

/** Presses one of the buttons of a track in the library, found by searching for it. */
async function doWith(page: Page, title: string, button: 'track-play' | 'track-next' | 'track-add'): Promise<void> {
  const track = { id: 'track', text: title };
  await page.fill('library-search', title);
  await untilCount(page, 'track', 1);
  await page.click({ id: button, within: track });
}

export function play(page: Page, title: string): Promise<void> {
  return doWith(page, title, 'track-play');
}

export function playNext(page: Page, title: string): Promise<void> {
  return doWith(page, title, 'track-next');
}

/** Adds to the end of the queue, and waits until it is there. */
export async function add(page: Page, title: string): Promise<void> {
  const before = (await page.see(entryOf(title))).length;
  await doWith(page, title, 'track-add');
  await untilCount(page, entryOf(title), before + 1);
}

/** Waits until the pages say that they are in step, as near as their engine is held to. */
export async function inStep(...pages: Page[]): Promise<void> {
  for (const page of pages) {
    const { restsWithinMs } = ENGINES[page.engine];
    const isInStep = ({ attributes }: Seen) =>
      attributes['data-state'] === 'in-sync' ||
      (attributes['data-state'] === 'correcting' && Math.abs(Number(attributes['data-drift-ms'] || NaN)) < restsWithinMs);
    await untilSeen(page, 'sync-status', (seen) => seen.length > 0 && seen.every(isInStep), 'in step');
  }
}

/** Waits until the pages show this track. */
export async function showTrack(title: string, ...pages: Page[]): Promise<void> {
  for (const page of pages) await until(async () => assert((await page.see({ id: 'track-title', nth: 0 }))[0].text.includes(title)));
}

interface Sound {
  positionSec: number;
  volume: number;
}

/** What can be heard from a page now. */
export function sound(page: Page): Promise<Sound | null> {
  return page.evaluate(`(async () => {
    const sounds = (a) => !a.paused && !a.ended && !a.muted && a.volume > 0.001 && a.dataset.deck !== undefined;
    const before = new Map([...document.querySelectorAll('audio')].filter(sounds).map((a) => [a, a.currentTime]));
    await new Promise((done) => setTimeout(done, 100));
    const deck = [...before.keys()].find((a) => sounds(a) && a.currentTime !== before.get(a));
    return deck ? { positionSec: deck.currentTime, volume: deck.volume } : null;
  })()`);
}

export async function silent(...pages: Page[]): Promise<void> {
  for (const page of pages) await until(async () => assert.equal(await sound(page), null));
}

/** Waits until each page can be heard where the room's timeline is. */
export async function atTheRoomsPlace({ api, code }: Room, ...pages: Page[]): Promise<void> {
  for (const page of pages) {
    await until(async () => {
      const { positionSec } = await api.playback(code);
      const heard = await sound(page);
      assert(heard && Math.abs(heard.positionSec - positionSec) < SAME_PLACE_SEC, `${heard?.positionSec} s is heard, the room is at ${positionSec} s`);
    });
  }
}

/** All that changes the room's playback and is shown only to whom it obeys. */
export const CONTROLS = ['play-pause', 'next', 'previous', 'stop', 'repeat', 'seek', 'room-volume'];

export async function hasControls(page: Page): Promise<void> {
  for (const control of CONTROLS) await untilShown(page, control);
}

export async function hasNoControls(page: Page): Promise<void> {
  for (const control of CONTROLS) await untilCount(page, control, 0);
}

/** The host makes somebody a DJ, or a listener again. */
export async function make(host: Page, name: string, role: 'dj' | 'listener'): Promise<void> {
  await host.click({ id: 'member-choices', within: rowOf(name) });
  await host.click(`make-${role}`);
  await untilAttribute(host, rowOf(name), 'data-role', role);
}

/** Who may, in the order of the list to choose from. */
export const WHO = { host: 0, djs: 1, everyone: 2 };

/** The host changes something in the room's settings, and it is said to be saved. */
export async function set(host: Page, change: () => Promise<void>): Promise<void> {
  await host.click('room-settings');
  await change();
  await until(async () => assert.notEqual((await host.see('settings-told'))[0].text, ''));
  await host.click('sheet-close');
  await untilCount(host, 'settings-told', 0);
}
