// What is to come, and who may change it: by hand, by keyboard, by two at once.

import assert from 'node:assert/strict';
import type { Page } from '../driver/driver.ts';
import { SONGS } from '../harness/music.mjs';
import { add, entryOf, make, play, playNext, set, showTrack, WHO } from './room.ts';
import { gather, type Flows } from './stage.ts';
import { until, untilCount, untilSeen, untilTexts } from './until.ts';

const { flac, opus, mp3, m4a, wav } = SONGS;

/** Waits until the queue has these tracks, in this order, in every page. */
async function queueIs(pages: Page[], songs: { title: string }[]): Promise<void> {
  for (const page of pages) await untilTexts(page, 'queue-entry', songs.map(({ title }) => title));
}

/** Moves an entry by its grip. */
async function carry(page: Page, { title }: { title: string }, key: 'ArrowUp' | 'ArrowDown'): Promise<void> {
  await page.press({ id: 'queue-grip', within: entryOf(title) }, key);
}

/** What a press does to an `entry`, at the same instant in two browsers: no hand, and no driver, is so fast. */
const REMOVE = `entry.querySelector('[data-testid=queue-remove]').click()`;
const MOVE_UP = `entry.querySelector('[data-testid=queue-grip]').dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowUp', bubbles: true }))`;

async function atOnce(page: Page, { title }: { title: string }, deed: string): Promise<void> {
  await page.evaluate(`(() => {
    const entry = [...document.querySelectorAll('[data-testid=queue-entry]')].find((entry) => entry.textContent.includes(${JSON.stringify(title)}));
    if (entry) ${deed};
  })()`);
}

/** Takes an entry out; where there is little space, the queue has to be told first that it is edited. */
async function remove(page: Page, { title }: { title: string }): Promise<void> {
  const [button] = await page.see({ id: 'queue-remove', within: entryOf(title) });
  if (!button.shown) await page.click('queue-edit');
  await page.click({ id: 'queue-remove', within: entryOf(title) });
}

export const queue: Flows = {
  'what is added, put next, moved by keyboard and removed is so for everybody, and says who added it': async (stage) => {
    const { host, ada, ben } = stage;
    const all = [host, ada, ben];
    await gather(stage);
    await set(host, () => host.choose('who-adds', WHO.everyone));
    await add(host, opus.title);
    await add(ada, mp3.title);
    await queueIs(all, [opus, mp3]);
    await playNext(host, m4a.title);
    await queueIs(all, [m4a, opus, mp3]);
    for (const [song, name] of [[m4a, 'Hanna'], [mp3, 'Ada']] as const) await untilSeen(ben, entryOf(song.title), ([entry]) => entry?.text.includes(name), `added by ${name}`);

    await carry(host, mp3, 'ArrowUp');
    await queueIs(all, [m4a, mp3, opus]);
    await carry(host, mp3, 'ArrowUp');
    await queueIs(all, [mp3, m4a, opus]);
    await carry(host, m4a, 'ArrowDown');
    await queueIs(all, [mp3, opus, m4a]);
    await remove(host, opus);
    await queueIs(all, [mp3, m4a]);
    await untilCount(ada, 'queue-remove', 0);
  },

  'a queue is shuffled and cleared for everybody, and what was played is in the history': async (stage) => {
    const { host, ada, ben } = stage;
    const all = [host, ada, ben];
    await gather(stage);
    await play(host, wav.title);
    const songs = [flac, opus, mp3, m4a];
    for (const { title } of songs) await add(host, title);
    const order = async (page: Page) => (await page.see('queue-entry')).map(({ attributes }) => attributes['data-entry-id']);
    const before = await order(host);
    await until(async () => {
      await host.click('queue-shuffle');
      await until(async () => assert.notDeepEqual(await order(host), before), 1_000);
    });
    const after = await order(host);
    assert.deepEqual(after.toSorted(), before.toSorted());
    for (const page of all) await until(async () => assert.deepEqual(await order(page), after));

    const [first] = await host.see('queue-entry');
    await host.click('next');
    for (const page of all) await until(async () => assert(first.text.includes((await page.see({ id: 'track-title', nth: 0 }))[0].text)));
    for (const page of all) await untilTexts(page, 'history-entry', [wav.title]);
    await host.click('queue-clear');
    await queueIs(all, []);
    await showTrack(songs.find(({ title }) => first.text.includes(title))?.title ?? '', ben);
  },

  'two who edit the queue at once lose nothing, and see the same': async (stage) => {
    const { host, ada, ben } = stage;
    await gather(stage);
    await make(host, 'Ada', 'dj');
    await add(host, flac.title);
    await queueIs([host, ada, ben], [flac]);
    // Each adds two of their own, as fast as they can.
    const both = async (page: Page, titles: string[]) => {
      for (const title of titles) await add(page, title);
    };
    await Promise.all([both(host, [opus.title, mp3.title]), both(ada, [m4a.title, wav.title])]);
    for (const page of [host, ada, ben]) await untilCount(page, 'queue-entry', 5);
    const order = async (page: Page) => (await page.see('queue-entry')).map(({ text }) => text);
    for (const page of [ada, ben]) await until(async () => assert.deepEqual(await order(page), await order(host)));

    // One removes what the other moves, and both remove the same.
    await Promise.all([atOnce(host, m4a, REMOVE), atOnce(ada, m4a, MOVE_UP)]);
    await Promise.all([atOnce(host, flac, REMOVE), atOnce(ada, flac, REMOVE)]);
    for (const page of [host, ada, ben]) {
      await untilCount(page, 'queue-entry', 3);
      for (const { title } of [opus, mp3, wav]) await untilCount(page, entryOf(title), 1);
      await until(async () => assert.deepEqual(await order(page), await order(host)));
    }
  },
};
