// How smoothly a list of 20,000 tracks scrolls, and what it costs: `node bench/scroll.mjs [TRACKS]` prints the times
// between frames while the list is scrolled to its end and grows on the way, then up and down the whole of it, with the
// memory that the page holds. Needs a built server, and cargo to fill its database.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { Api, libraryHas } from '../harness/api.mjs';
import { musicDir, SONGS } from '../harness/music.mjs';
import { AUTOPLAY_ALLOWED, CHROMIUM_ARGS, chromiumPath, PROJECT } from '../harness/places.mjs';
import { startServer } from '../harness/server.mjs';

const tracks = Number(process.argv[2] ?? 20_000);
const FILL = ['bench', '--quiet', '--bench', 'library', '--no-default-features', '--features', 'ssr', '--'];

const server = await startServer({ musicDirs: [musicDir()] });
const browser = await chromium.launch({ executablePath: chromiumPath(), args: [...CHROMIUM_ARGS, AUTOPLAY_ALLOWED] });
try {
  const context = await browser.newContext({ baseURL: server.url, viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  await page.goto('/');
  await page.getByTestId('create-room').click();
  await page.waitForURL(/\/r\/\w+$/);
  await libraryHas(await new Api(server.url).withCookiesOf(context), SONGS.short.title);
  if (process.env.LIBRARY_BENCH) execFileSync(process.env.LIBRARY_BENCH, ['--fill', String(tracks), join(server.dataDir, 'tutti.db')]);
  else execFileSync('cargo', [...FILL, '--fill', String(tracks), join(server.dataDir, 'tutti.db')], { cwd: PROJECT, stdio: 'inherit' });
  await page.reload();
  await page.getByTestId('track').first().waitFor();
  await memory(page, 'at the beginning');

  const growing = await page.evaluate(scrollDown, { wanted: tracks, limitMs: 240_000 });
  report(`down to ${growing.rows} rows, as they come (${(growing.tookMs / 1_000).toFixed(0)} s)`, growing.frames);
  await memory(page, `with ${growing.rows} rows`);

  const back = await page.evaluate(sweep, 10_000);
  report('up and down all of them, 10 s', back);
  const typed = performance.now();
  await page.getByTestId('library-search').fill('la');
  await page.waitForFunction(() => document.querySelectorAll('[data-testid=track]').length <= 500);
  console.log(`from typing to what was found instead of all that: ${(performance.now() - typed).toFixed(0)} ms`);
} finally {
  await browser.close();
  await server.stop();
}

/**
 * In the page: half a screen a frame, until there are so many rows.
 * @param {{ wanted: number, limitMs: number }} until
 */
async function scrollDown({ wanted, limitMs }) {
  const rows = () => document.querySelectorAll('[data-testid=track]').length;
  const frames = [];
  const begun = performance.now();
  let last = begun;
  while (performance.now() - begun < limitMs) {
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    frames.push(now - last);
    last = now;
    window.scrollBy({ top: innerHeight / 2, behavior: 'instant' });
    if (frames.length % 20 === 0 && rows() >= wanted) break;
    // Beyond a thousand rows the list waits to be asked.
    if (frames.length % 10 === 0) /** @type {HTMLElement | null} */ (document.querySelector('[data-testid=library-more]'))?.click();
  }
  return { rows: rows(), frames, tookMs: performance.now() - begun };
}

/**
 * In the page: for so long over the whole list, up and down.
 * @param {number} lengthMs
 */
async function sweep(lengthMs) {
  const frames = [];
  const begun = performance.now();
  let last = begun;
  const end = document.documentElement.scrollHeight;
  while (last - begun < lengthMs) {
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    frames.push(now - last);
    last = now;
    window.scrollTo({ top: (end * (1 + Math.cos((6 * (now - begun)) / lengthMs))) / 2, behavior: 'instant' });
  }
  return frames;
}

/**
 * @param {string} what
 * @param {number[]} frames
 */
function report(what, frames) {
  const sorted = frames.slice(1).sort((a, b) => a - b);
  const at = (/** @type {number} */ share) => sorted[Math.floor((sorted.length - 1) * share)].toFixed(1);
  const slow = sorted.filter((ms) => ms > 50).length;
  console.log(`${what}: ms between frames p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}, max ${at(1)}; over 50 ms: ${slow} of ${sorted.length}`);
}

/**
 * @param {import('@playwright/test').Page} page
 * @param {string} when
 */
async function memory(page, when) {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  const { nodes } = await session.send('Memory.getDOMCounters');
  await session.detach();
  console.log(`${when}: JavaScript heap ${(usedSize / 2 ** 20).toFixed(1)} MiB, ${nodes} DOM nodes`);
}
