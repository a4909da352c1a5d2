// What stands between a new user and music: `node bench/first_music.mjs` prints the clicks and the seconds from the home
// page to sound for a host, and from the link to sound for a guest, in two browsers that were never here and that refuse
// to play before they were touched. The seconds are the machine's; nobody reads or thinks in them.

import assert from 'node:assert/strict';
import { chromium } from '@playwright/test';
import { Api, libraryHas } from '../harness/api.mjs';
import { musicDir, SONGS } from '../harness/music.mjs';
import { CHROMIUM_ARGS, chromiumPath } from '../harness/places.mjs';
import { startServer } from '../harness/server.mjs';

/** So often, because a first visit differs from the next one; the median is told. */
const RUNS = 5;
/** What phones and laptops come with. */
const AS_SHIPPED = '--autoplay-policy=document-user-activation-required';

/** @typedef {{ clicks: number, steps: [what: string, sec: number][], sec: number }} Way how somebody came to music */

const server = await startServer({ musicDirs: [musicDir()] });
try {
  await scanned();
  const runs = [];
  for (let run = 0; run < RUNS; run++) runs.push(await firstMusic());
  tell('host, from the home page', runs.map(({ host }) => host));
  tell('guest, from the link', runs.map(({ guest }) => guest));
} finally {
  await server.stop();
}

/** The library is there before anybody comes. */
async function scanned() {
  const api = new Api(server.url);
  const { hostToken } = await api.createRoom();
  await libraryHas(api.withToken(hostToken), SONGS.flac.title);
}

/** Two browsers, each of a newcomer. @returns {Promise<{ host: Way, guest: Way }>} */
async function firstMusic() {
  const browsers = await Promise.all([newcomer(), newcomer()]);
  try {
    const [host, guest] = await Promise.all(browsers.map((browser) => browser.newPage()));
    const hosts = await timed(host, async (page, step, click) => {
      await page.goto(server.url);
      step('the home page is there');
      await click('create-room');
      await page.waitForURL(/\/r\/\w+$/);
      const play = page.getByTestId('track').filter({ hasText: SONGS.flac.title }).getByTestId('track-play');
      await play.waitFor();
      step('the room is there');
      await click(play);
      await heard(page);
      step('music');
    });
    const link = host.url();
    const guests = await timed(guest, async (page, step, click) => {
      await page.goto(link);
      step('the room is there');
      await asked(page);
      step('it asks for the tap');
      await click('tap-to-start');
      await heard(page);
      step('music');
    });
    return { host: hosts, guest: guests };
  } finally {
    await Promise.all(browsers.map((browser) => browser.close()));
  }
}

function newcomer() {
  return chromium.launch({ executablePath: chromiumPath(), args: [...CHROMIUM_ARGS, AS_SHIPPED] });
}

/** @typedef {import('@playwright/test').Page} Page */
/** @typedef {import('@playwright/test').Locator} Locator */

/**
 * Counts the clicks of a way, and times its steps.
 * @param {Page} page
 * @param {(page: Page, step: (what: string) => void, click: (what: string | Locator) => Promise<void>) => Promise<void>} walk
 * @returns {Promise<Way>}
 */
async function timed(page, walk) {
  const begun = performance.now();
  const secSince = () => (performance.now() - begun) / 1_000;
  /** @type {Way['steps']} */
  const steps = [];
  let clicks = 0;
  await walk(
    page,
    (what) => steps.push([what, secSince()]),
    async (what) => {
      clicks += 1;
      await (typeof what === 'string' ? page.getByTestId(what) : what).click();
    },
  );
  return { clicks, steps, sec: secSince() };
}

/**
 * Waits until the page asks for the tap, only looking: Chromium takes what Playwright does in a page for a person's touch.
 * @param {Page} page
 */
async function asked(page) {
  const session = await page.context().newCDPSession(page);
  const expression = `document.querySelector('[data-testid=tap-to-start]') !== null`;
  for (const giveUpAt = performance.now() + 20_000; ; ) {
    const { result } = await session.send('Runtime.evaluate', { expression, returnByValue: true, userGesture: false });
    if (result.value) break;
    assert(performance.now() < giveUpAt, 'no page asks for a tap');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await session.detach();
}

/**
 * Waits until a deck moves on, and can be heard while it does.
 * @param {Page} page
 */
async function heard(page) {
  await page.waitForFunction(() =>
    [...document.querySelectorAll('audio')].some(
      (deck) => deck.dataset.deck && !deck.paused && !deck.muted && deck.volume > 0 && deck.readyState >= 3 && deck.played.length > 0,
    ),
  );
}

/**
 * @param {string} who
 * @param {Way[]} ways
 */
function tell(who, ways) {
  const median = (/** @type {number[]} */ figures) => figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)];
  const clicks = new Set(ways.map((way) => way.clicks));
  assert.equal(clicks.size, 1, 'the same way every time');
  const steps = ways[0].steps.map(([what], i) => `${what} ${median(ways.map((way) => way.steps[i][1])).toFixed(2)} s`);
  console.log(`${who}: ${[...clicks][0]} clicks, ${median(ways.map(({ sec }) => sec)).toFixed(2)} s (${steps.join(', ')})`);
}
