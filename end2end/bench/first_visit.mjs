// What the first visit to a room costs: `node bench/first_visit.mjs [VISITS]` opens a room where a track is loaded, with
// nothing in the cache, over a line of 10 Mbit/s and 40 ms there and back. Prints medians: when something is first
// seen, when the browser's half has taken over and is
// connected, how far the layout shifts, and the bytes of each kind. Needs a built server.

import { chromium } from '@playwright/test';
import { Api, libraryHas } from '../harness/api.mjs';
import { musicDir, SONGS } from '../harness/music.mjs';
import { CHROMIUM_ARGS, chromiumPath } from '../harness/places.mjs';
import { startServer } from '../harness/server.mjs';

const visits = Number(process.argv[2] ?? 5);
const LINE = { offline: false, latency: 40, downloadThroughput: 10e6 / 8, uploadThroughput: 10e6 / 8 };

const server = await startServer({ musicDirs: [musicDir()] });
const browser = await chromium.launch({ executablePath: chromiumPath(), args: CHROMIUM_ARGS });
try {
  const host = await browser.newContext({ baseURL: server.url });
  const hostPage = await host.newPage();
  await hostPage.goto('/');
  await hostPage.getByTestId('create-room').click();
  await hostPage.waitForURL(/\/r\/\w+$/);
  const address = hostPage.url();
  await libraryHas(await new Api(server.url).withCookiesOf(host), SONGS.short.title);
  const cookies = await host.cookies();
  await host.close();

  const figures = [];
  for (let visit = 0; visit < visits; visit += 1) figures.push(await firstVisit(address, cookies));
  for (const name of Object.keys(figures[0])) {
    const values = figures.map((figure) => figure[name]).sort((a, b) => a - b);
    const middle = values[Math.floor(values.length / 2)];
    console.log(`${name.padEnd(28)} ${middle.toFixed(name.includes('shift') ? 4 : 0)}`);
  }
} finally {
  await browser.close();
  await server.stop();
}

/**
 * One visit of the host's browser with an empty cache, on a phone's screen.
 * @param {string} address
 * @param {import('@playwright/test').Cookie[]} cookies
 * @returns {Promise<Record<string, number>>}
 */
async function firstVisit(address, cookies) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  await context.addCookies(cookies);
  const page = await context.newPage();
  const network = await context.newCDPSession(page);
  await network.send('Network.enable');
  await network.send('Network.emulateNetworkConditions', LINE);
  /** @type {Record<string, number>} */
  const bytes = { html: 0, js: 0, wasm: 0, css: 0, other: 0 };
  /** @type {Map<string, string>} */
  const kinds = new Map();
  network.on('Network.responseReceived', ({ requestId, response }) => {
    const kind = /html|javascript|wasm|css/.exec(response.mimeType)?.[0] ?? 'other';
    kinds.set(requestId, kind === 'javascript' ? 'js' : kind);
  });
  network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    bytes[kinds.get(requestId) ?? 'other'] += encodedDataLength;
  });
  await page.addInitScript(() => {
    const page = /** @type {any} */ (globalThis);
    page.shift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) page.shift += /** @type {any} */ (entry).value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
  const greeted = page.waitForEvent('websocket').then((socket) => socket.waitForEvent('framereceived'));
  await page.goto(address, { waitUntil: 'commit' });
  // The server's first word: the page has been taken over, and what is pressed from here on is heard.
  await greeted;
  const worksMs = await page.evaluate(() => performance.now());
  await page.waitForTimeout(1_000);
  const seen = await page.evaluate(() => ({
    paintMs: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
    shift: /** @type {any} */ (globalThis).shift,
  }));
  await context.close();
  const all = Object.fromEntries(Object.entries(bytes).map(([kind, sum]) => [`${kind}, bytes`, sum]));
  return { 'first contentful paint, ms': seen.paintMs, 'connected and usable, ms': worksMs, 'layout shift': seen.shift, ...all };
}
