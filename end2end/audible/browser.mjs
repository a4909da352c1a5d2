// A browser per listener, each with a profile and a channel of a sound card of its own: what two devices in one room are,
// as far as one machine can be two devices. Scenarios know a page only by what is here; what each engine needs for it is
// in engines/, one file an engine.

import { openChromium } from './engines/chromium.mjs';
import { openFirefox } from './engines/firefox.mjs';
import { openWebKit } from './engines/webkit.mjs';

/**
 * @typedef {object} EarPage what the bench needs of a page, in any engine
 * @property {(url: string) => Promise<unknown>} goto loads an address, and waits until its document is there
 * @property {<R, A>(act: (argument: A) => R | Promise<R>, argument?: A) => Promise<R>} evaluate calls a function that stands
 *   alone in the page, promises awaited; what it takes and gives is JSON
 * @property {(testId: string) => Promise<void>} click a touch that counts as a person's
 * @property {(url: string) => Promise<{ name: string, value: string }[]>} cookies
 */

/**
 * @typedef {object} Ear
 * @property {EngineName} engine
 * @property {string} version
 * @property {EarPage} page
 * @property {number} pid the first process that was started for it; all others descend from it
 * @property {import('./traffic.mjs').Traffic | null} traffic what the page's sockets carried so far, where the engine tells
 * @property {{ page: import('@playwright/test').Page, context: import('@playwright/test').BrowserContext }} [playwright]
 *   Chromium only: for what no other engine is asked to do
 * @property {() => Promise<void>} close
 */

/** @typedef {{ pulse: import('./pulse.mjs').Pulse, channel: number, display?: import('./display.mjs').Display }} Place of an ear */

/** By what `--engines` calls them. */
const ENGINES = { chromium: openChromium, firefox: openFirefox, webkit: openWebKit };
/** @typedef {keyof typeof ENGINES} EngineName */
export const ENGINE_NAMES = /** @type {EngineName[]} */ (Object.keys(ENGINES));

/** How often a page is asked. */
const POLL_MS = 200;

/**
 * A browser with one empty page, whose sound goes to its channel.
 * @param {EngineName} engine
 * @param {Place} place with a display, the browser has a real window there; WebKit needs one
 * @returns {Promise<Ear>}
 */
export function openEar(engine, place) {
  return ENGINES[engine](place);
}

/**
 * Waits until something is so in the page.
 * @template A
 * @param {EarPage} page
 * @param {(argument: A) => boolean} is
 * @param {A} argument
 * @param {number} limitMs
 */
export async function untilPage(page, is, argument, limitMs) {
  for (const giveUpAt = performance.now() + limitMs; ; await new Promise((resolve) => setTimeout(resolve, POLL_MS))) {
    if (await page.evaluate(is, argument)) return;
    if (performance.now() > giveUpAt) throw new Error(`${limitMs} ms, and the page is not yet: ${is}`);
  }
}

/**
 * Opens a room from the home page; returns its code.
 * @param {EarPage} page
 * @param {string} url
 */
export async function openRoom(page, url) {
  await page.goto(url);
  await untilPage(page, () => document.querySelector('[data-testid=create-room]') !== null, undefined, 10_000);
  await page.click('create-room');
  await untilPage(page, () => /\/r\/\w+$/.test(location.pathname), undefined, 20_000);
  return (await page.evaluate(() => location.pathname)).split('/')[2];
}
