// A guest's page on a network that goes wrong in every way that networks do, and what comes of it: how soon it is back,
// how soon in step, whether it is still the same member in the same role, and whether the others ever saw it twice.
// Prints rows for the table of figures in the manual.
//
//   node faults/network.mjs [--only CASE[,CASE]]

import { chromium } from '@playwright/test';
import { parseArgs } from 'node:util';
import { markdown } from '../audible/report.mjs';
import { Api } from '../harness/api.mjs';
import { musicDir, SONGS } from '../harness/music.mjs';
import { pause } from '../harness/pause.mjs';
import { AUTOPLAY_ALLOWED, CHROMIUM_ARGS, chromiumPath } from '../harness/places.mjs';
import { startProxy } from '../harness/proxy.mjs';
import { startServer } from '../harness/server.mjs';

const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } });

/** What SPEC asks for: back after the network is, and in step after that. */
const [BACK_WITHIN_MS, IN_STEP_WITHIN_MS, NOTICED_WITHIN_MS] = [5_000, 2_000, 20_000];
const NEVER_MS = 60_000;
const LOOK_EVERY_MS = 50;

/** @typedef {Awaited<ReturnType<typeof startProxy>>} Proxy */
/** @typedef {{ harm: (proxy: Proxy) => unknown, heal?: (proxy: Proxy) => unknown, forMs: number }} Case */

const dark = { harm: (/** @type {Proxy} */ proxy) => proxy.blackOut(), heal: (/** @type {Proxy} */ proxy) => proxy.comeBack() };
const gone = {
  harm: (/** @type {Proxy} */ proxy) => (proxy.forget(), proxy.blackOut()),
  heal: (/** @type {Proxy} */ proxy) => (proxy.forget(), proxy.comeBack()),
};
/** @type {Record<string, Case>} */
const cases = {
  'reset': { harm: (proxy) => proxy.cut(), forMs: 0 },
  'reset three times in 3 s': { harm: async (proxy) => { for (let n = 0; n < 3; n++) { proxy.cut(); await pause(1_000); } }, forMs: 0 },
  'black-out of 3 s': { ...dark, forMs: 3_000 },
  'black-out of 12 s': { ...dark, forMs: 12_000 },
  'black-out of 25 s': { ...dark, forMs: 25_000 },
  'black-out of 45 s': { ...dark, forMs: 45_000 },
  'gone for 20 s, nothing of before arrives': { ...gone, forMs: 20_000 },
  'gone for 33 s, nothing of before arrives': { ...gone, forMs: 33_000 },
  'half-open': { harm: (proxy) => proxy.forget(), forMs: 0 },
  'slices of 7 bytes for 10 s, then a reset': { harm: (proxy) => void (proxy.sliceBytes = 7), heal: (proxy) => { proxy.sliceBytes = Infinity; proxy.cut(); }, forMs: 10_000 },
  '20 KB/s for 10 s, then a reset': { harm: (proxy) => void (proxy.bytesPerSec = 20_000), heal: (proxy) => { proxy.bytesPerSec = Infinity; proxy.cut(); }, forMs: 10_000 },
  '150 ms ± 100 ms, and a reset': { harm: (proxy) => { proxy.delayMs = 150; proxy.jitterMs = 100; proxy.cut(); }, forMs: 0 },
};

const wanted = values.only.split(',').filter(Boolean);
const server = await startServer({ musicDirs: [musicDir()] });
const browser = await chromium.launch({ executablePath: chromiumPath(), args: [...CHROMIUM_ARGS, AUTOPLAY_ALLOWED] });
/** @type {string[][]} */
const rows = [];
/** @type {string[]} */
const broken = [];
try {
  for (const [name, fault] of Object.entries(cases)) {
    if (wanted.length === 0 || wanted.some((each) => name.includes(each))) await trial(name, fault);
  }
} finally {
  await browser.close();
  await server.stop();
}
console.log(markdown(['what befalls a page that plays', 'noticed, s', 'back, s', 'in step, s', 'same member and role', 'seen twice'], rows, 1, 3));
if (broken.length > 0) {
  console.error(broken.join('\n'));
  process.exitCode = 1;
}

/** @param {string} name @param {Case} fault */
async function trial(name, { harm, heal, forMs }) {
  const { code, hostToken } = await new Api(server.url).createRoom({ name });
  const api = new Api(server.url).withToken(hostToken);
  const track = await api.trackTitled(SONGS.opus.title) ?? (await pause(3_000), await api.trackTitled(SONGS.opus.title));
  const proxy = await startProxy({ targetPort: server.port, delayMs: 5 });
  const context = await browser.newContext({ baseURL: proxy.url });
  const page = await context.newPage();
  try {
    await page.goto(`/r/${code}`);
    await api.control(code, 'play', { trackId: track?.id });
    await until(page, (look) => look.state === 'in-sync', NEVER_MS);
    const before = await look(page);
    await api.setRole(code, before.memberId, 'dj');
    await pause(3_000);

    // The list of members, all the time: never more than one of them is this page.
    let [most, watching] = [0, true];
    const watch = (async () => {
      while (watching) {
        const clients = await api.clients(code);
        most = Math.max(most, clients.filter(({ connected }) => connected).length);
        await pause(200);
      }
    })();
    let since = performance.now();
    const noticing = until(page, ({ state }) => state === 'reconnecting', forMs + NOTICED_WITHIN_MS + 5_000).then(() => performance.now() - since, () => null);
    await harm(proxy);
    await pause(forMs);
    const healedAt = performance.now();
    await heal?.(proxy);
    // Without a cure, it counts from when it was noticed.
    const noticedMs = forMs === 0 ? await noticing : await Promise.race([noticing, pause(2_000).then(() => null)]);
    const from = heal ? healedAt : noticedMs === null ? healedAt : since + noticedMs;
    await until(page, ({ state }) => state !== 'reconnecting', NEVER_MS);
    const backMs = performance.now() - from;
    await until(page, ({ state }) => state === 'in-sync', NEVER_MS);
    const inStepMs = performance.now() - from - backMs;
    await pause(3_000);
    watching = false;
    await watch;
    const after = await look(page);
    const clients = await api.clients(code);
    const same = after.memberId === before.memberId && clients.find(({ memberId }) => memberId === after.memberId)?.role === 'dj';
    const seconds = (/** @type {number | null} */ ms) => (ms === null ? '–' : (ms / 1_000).toFixed(1));
    rows.push([name, seconds(noticedMs), seconds(backMs), seconds(inStepMs), same ? 'yes' : 'NO', most > 1 ? 'YES' : 'no']);
    console.error(rows.at(-1)?.join(' | '));
    if (!same) broken.push(`${name}: it is another member, or lost its role`);
    if (most > 1) broken.push(`${name}: it was listed ${most} times`);
    if (backMs > BACK_WITHIN_MS) broken.push(`${name}: back after ${seconds(backMs)} s`);
    if (inStepMs > IN_STEP_WITHIN_MS) broken.push(`${name}: in step after another ${seconds(inStepMs)} s`);
    if (noticedMs !== null && noticedMs > NOTICED_WITHIN_MS) broken.push(`${name}: noticed after ${seconds(noticedMs)} s`);
  } finally {
    await context.close();
    await proxy.stop();
  }
}

/** What the page says of itself. @param {import('@playwright/test').Page} page */
function look(page) {
  return page.evaluate(() => {
    const status = document.querySelector('[data-testid="sync-status"]');
    const { tutti } = /** @type {{ tutti?: { state(): { memberId: string } } }} */ (/** @type {unknown} */ (window));
    return { state: status?.getAttribute('data-state') ?? '', memberId: tutti?.state().memberId ?? '' };
  });
}

/**
 * @param {import('@playwright/test').Page} page
 * @param {(look: { state: string, memberId: string }) => boolean} isSo
 * @param {number} limitMs
 */
async function until(page, isSo, limitMs) {
  for (const giveUpAt = performance.now() + limitMs; performance.now() < giveUpAt; await pause(LOOK_EVERY_MS)) {
    if (isSo(await look(page))) return;
  }
  throw new Error(`it does not come to it in ${limitMs} ms`);
}
