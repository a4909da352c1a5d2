// The audible bench: a real server, real browsers, a recorder that hears them all. Prints how far apart they sounded,
// writes `.cache/audible/*.json` and `.svg`, and fails only when the promise of figures.mjs is broken.
//
//   node audible/bench.mjs [--short | --full] [--listeners 2] [--network lan|jitter] [--tracks signal|music]
//                         [--music-dir DIR --title TITLE …]

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Api, libraryHas } from '../harness/api.mjs';
import { musicDir, SONGS } from '../harness/music.mjs';
import { cacheDir } from '../harness/places.mjs';
import { startProxy } from '../harness/proxy.mjs';
import { startServer } from '../harness/server.mjs';
import { openEar } from './browser.mjs';
import { figures, readings, table } from './figures.mjs';
import { plot } from './plot.mjs';
import { CHANNELS, startPulse } from './pulse.mjs';
import { startRecording } from './record.mjs';
import { playThrough } from './scenarios.mjs';
import { testSignal, writeWav } from './signal.mjs';

/** The paces: `short` fits into every run of the tests, `full` has the ten minutes of manual/sync.md. */
const PACES = {
  short: { listenSec: 10, steadySec: 25, repeats: 1 },
  full: { listenSec: 15, steadySec: 600, repeats: 3 },
};

/** One-way delay and jitter of each listener's own path, in ms. manual/sync.md names the second. */
const NETWORKS = { lan: null, jitter: { delayMs: 80, jitterMs: 40 } };

/** The test signal lasts as long as a bench may take on one track, so that steady hears no seam. */
const SIGNAL = { title: 'Test signal', seed: 1, seconds: { short: 150, full: 800 } };

const MUSIC = [SONGS.mp3, SONGS.flac, SONGS.opus, SONGS.m4a].map(({ title }) => title);

/** @typedef {'short' | 'full'} PaceName */
/** @typedef {keyof typeof NETWORKS} NetworkName */

/** What was asked for; ends the process with the usage when it makes no sense. */
function wishes() {
  const { values } = parseArgs({
    options: {
      short: { type: 'boolean', default: false },
      full: { type: 'boolean', default: false },
      listeners: { type: 'string', default: '2' },
      network: { type: 'string', default: 'lan' },
      tracks: { type: 'string', default: 'signal' },
      'music-dir': { type: 'string', multiple: true, default: [] },
      title: { type: 'string', multiple: true, default: [] },
    },
  });
  const listeners = Number(values.listeners);
  if (!Number.isInteger(listeners) || listeners < 2 || listeners > CHANNELS.length) fail(`--listeners is 2 to ${CHANNELS.length}`);
  if (!(values.network in NETWORKS)) fail(`--network is ${Object.keys(NETWORKS).join(' or ')}`);
  if (values.tracks !== 'signal' && values.tracks !== 'music') fail('--tracks is signal or music');
  if (values.short && values.full) fail('--short or --full, not both');
  return {
    pace: /** @type {PaceName} */ (values.full ? 'full' : 'short'),
    listeners,
    network: /** @type {NetworkName} */ (values.network),
    tracks: values.tracks,
    musicDirs: values['music-dir'],
    titles: values.title,
  };
}

/** @param {string} why @returns {never} */
function fail(why) {
  console.error(why);
  process.exit(2);
}

/**
 * The folders to serve and the titles to play.
 * @param {ReturnType<typeof wishes>} wish
 */
function programme({ pace, tracks, musicDirs, titles }) {
  if (musicDirs.length > 0) return { dirs: musicDirs, titles };
  if (tracks === 'music') return { dirs: [musicDir()], titles: pace === 'full' ? MUSIC : MUSIC.slice(0, 1) };
  const dir = cacheDir('signal', pace);
  const file = join(dir, `${SIGNAL.title}.wav`);
  if (!existsSync(file)) writeWav(file, testSignal(SIGNAL.seconds[pace], SIGNAL.seed));
  return { dirs: [dir], titles: [SIGNAL.title] };
}

/** @type {(() => unknown)[]} what to undo, last first */
const undo = [];

/** @param {ReturnType<typeof wishes>} wish */
async function bench(wish) {
  const { dirs, titles } = programme(wish);
  if (titles.length === 0) fail('--music-dir needs at least one --title of a track in it');
  const server = await startServer({ musicDirs: dirs });
  undo.unshift(() => server.stop());
  const pulse = await startPulse();
  undo.unshift(() => pulse.stop());
  const recording = await startRecording(pulse);
  undo.unshift(() => recording.discard(), () => recording.finish());

  const addresses = [];
  const network = NETWORKS[wish.network];
  for (let ear = 0; ear < wish.listeners; ear++) {
    const proxy = network && (await startProxy({ targetPort: server.port, ...network }));
    if (proxy) undo.unshift(() => proxy.stop());
    addresses.push(proxy?.url ?? server.url);
  }
  const ears = await Promise.all(addresses.map((_, ear) => openEar(pulse, ear)));
  undo.unshift(...ears.map((ear) => ear.close));

  const [{ page: hostPage }] = ears;
  await hostPage.goto(addresses[0]);
  await hostPage.getByTestId('create-room').click();
  await hostPage.waitForURL(/\/r\/\w+$/);
  const code = new URL(hostPage.url()).pathname.split('/')[2];
  const roomUrls = addresses.map((address) => `${address}/r/${code}`);
  await Promise.all(ears.slice(1).map(({ page }, i) => page.goto(roomUrls[i + 1])));
  await hostPage.getByTestId('member').nth(wish.listeners - 1).waitFor({ state: 'attached', timeout: 20_000 });

  // The bench's own commands go straight to the server: they are not what is measured.
  const api = await new Api(server.url).withCookiesOf(hostPage.context());
  const stage = { ears, roomUrls, api, code, recording, pace: PACES[wish.pace] };
  const stretches = [];
  for (const title of titles) {
    const track = await libraryHas(api, title);
    stretches.push(...(await playThrough(stage, track, (done) => console.log(`${recording.nowSec.toFixed(0).padStart(5)} s  ${title}: ${done}`))));
  }
  await recording.finish();
  return stretches.map((stretch) => {
    const all = readings(recording, stretch);
    return { stretch, figures: figures(stretch, all), readings: all };
  });
}

const wish = wishes();
const label = `${wish.pace}-${wish.network}-${wish.musicDirs.length > 0 ? 'own' : wish.tracks}-${wish.listeners}`;
let failed = 1;
try {
  const measured = await bench(wish);
  const rows = measured.map((one) => one.figures);
  const out = join(cacheDir('audible'), label);
  writeFileSync(`${out}.json`, JSON.stringify({ ...wish, musicDirs: undefined, measured }, null, 1));
  writeFileSync(`${out}.svg`, plot(`Tutti, ${wish.listeners} Chromium, ${wish.network}, ${wish.tracks}: lag behind the host`, measured));
  console.log(`\n${table(rows)}\n`);
  failed = rows.filter(({ broken }) => broken.length > 0).length;
  console.log(`${rows.length - failed} passed, ${failed} failed`);
} catch (error) {
  console.error(error);
  console.log('0 passed, 1 failed');
} finally {
  for (const step of undo) await step();
}
process.exitCode = failed > 0 ? 1 : 0;
