// `kill -9` while rooms are busy, again and again, and after each: is the database whole, is everything there that was
// acknowledged, how long until a member is back in its room, is everybody on the same timeline, and is it the old one?
// What it sounds like, `audible/bench.mjs --only kills` records. Ends with 1 when anything was lost.
//
//   node faults/kills.mjs [--short] [--kills N] [--seed N]

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { seededRandom } from '../audible/signal.mjs';
import { Api, libraryHas } from '../harness/api.mjs';
import { musicDir, SONGS } from '../harness/music.mjs';
import { pause } from '../harness/pause.mjs';
import { startServer } from '../harness/server.mjs';
import { Crew } from './crew.mjs';

/** How long a server may take to be back before this gives up. The promise is a second; this is for a machine that is busy. */
const BACK_WITHIN_MS = 20_000;
/** Members take the music to be at the same place, as far as a socket on a busy machine can tell. */
const APART_MS = 30;
/** For how long a server lives between two kills. */
const LIVES_MS = { least: 250, most: 1_000 };

const { values } = parseArgs({ options: { short: { type: 'boolean', default: false }, kills: { type: 'string' }, seed: { type: 'string' } } });
const kills = Number(values.kills ?? (values.short ? 5 : 50));
const seed = Number(values.seed ?? Math.floor(Math.random() * 1e9));
const random = seededRandom(seed);

/** @typedef {{ backMs: number, allMs: number, acknowledged: number, pending: number, apartMs: number, movedMs: number, epochs: number }} Kill */

const server = await startServer({ musicDirs: [musicDir()], args: ['--admin-token', 'operator-of-the-kills'] });
/** @type {Kill[]} */
const done = [];
/** @type {string[]} */
const broken = [];
/** @type {Crew | undefined} */
let crew;
try {
  const api = new Api(server.url);
  const operator = api.withToken('operator-of-the-kills');
  const song = await libraryHas(operator, SONGS.flac.title);
  const tracks = [song, ...(await Promise.all([SONGS.opus, SONGS.mp3, SONGS.wav].map(({ title }) => libraryHas(operator, title))))].map(({ id }) => id);
  const keys = async () => api.createRoom();
  crew = new Crew(server.url, random, tracks, { queue: await keys(), playback: await keys(), people: await keys(), music: await keys() });
  const { music } = crew.rooms;
  const host = api.withToken(music.keys.hostToken);
  await host.control(music.keys.code, 'repeat', { mode: 'one' });
  await host.control(music.keys.code, 'play', { trackId: song.id });
  await everybodyIsBack(crew, 0);
  crew.begin();
  console.log(`seed ${seed}`);
  for (let n = 1; n <= kills; n++) await killOnce(crew, n, song.durationSec);
  await uploadsAreThere(crew, crew.uploads);
} finally {
  await crew?.end();
  await server.stop();
}

report();
process.exitCode = broken.length > 0 || done.length < kills ? 1 : 0;

/** @param {Crew} crew @param {number} n @param {number} durationSec of what the room of music plays */
async function killOnce(crew, n, durationSec) {
  await pause(LIVES_MS.least + random() * (LIVES_MS.most - LIVES_MS.least));
  const { music } = crew.rooms;
  const visits = new Map(crew.guests.map((guest) => [guest, guest.visits]));
  const epochs = new Set(crew.guests.map(({ epoch }) => epoch));
  const atMs = performance.now();
  const before = music.guests.map((guest) => ({ guest, sec: guest.placeSec(atMs) }));
  await server.kill();
  const { acknowledged, pending } = crew;
  crew.crashed();
  const uploads = [...crew.uploads];
  databaseIsWhole(n);

  const startedMs = performance.now();
  let backMs = NaN;
  const firstBack = until(() => crew.guests.some((guest) => guest.visits > (visits.get(guest) ?? 0)), BACK_WITHIN_MS)
    .then(() => (backMs = performance.now() - startedMs));
  await Promise.all([server.start(), firstBack]);
  await everybodyIsBack(crew, n);
  const allMs = performance.now() - startedMs;
  for (const { name, ledger } of crew.all) {
    for (const fault of ledger.broken.splice(0)) broken.push(`kill ${n}: ${name}: ${fault}`);
  }
  await uploadsAreThere(crew, uploads.slice(-3));

  const nowMs = performance.now();
  const places = music.guests.map((guest) => guest.placeSec(nowMs));
  const apartMs = (Math.max(...places) - Math.min(...places)) * 1_000;
  // Repeat lets the track begin again, so places are compared round its length.
  const moved = before.map(({ guest, sec }) => {
    const by = guest.placeSec(nowMs) - sec - (nowMs - atMs) / 1_000;
    return Math.abs(by - durationSec * Math.round(by / durationSec)) * 1_000;
  });
  const movedMs = Math.max(...moved);
  if (!(apartMs < APART_MS)) broken.push(`kill ${n}: members are ${apartMs.toFixed(1)} ms apart`);
  if (!(movedMs < APART_MS)) broken.push(`kill ${n}: the timeline moved by ${movedMs.toFixed(1)} ms`);
  const after = new Set(crew.guests.map(({ epoch }) => epoch));
  if ([...after].some((epoch) => epochs.has(epoch)) || after.size !== 1) broken.push(`kill ${n}: the clock's epoch is the old one`);
  done.push({ backMs, allMs, acknowledged, pending, apartMs, movedMs, epochs: after.size });
  console.log(`kill ${n}: back in ${backMs.toFixed(0)} ms, all in ${allMs.toFixed(0)} ms; ${acknowledged} changes so far, ${pending} under way; moved by ${movedMs.toFixed(1)} ms`);
}

/** @param {() => boolean} condition @param {number} limitMs */
async function until(condition, limitMs) {
  for (const giveUpAt = performance.now() + limitMs; !condition(); await pause(2)) {
    if (performance.now() > giveUpAt) throw new Error(`it took more than ${limitMs} ms\n${server.logTail()}`);
  }
}

/** @param {Crew} crew @param {number} n */
async function everybodyIsBack(crew, n) {
  await until(() => crew.guests.every(({ inStep }) => inStep), BACK_WITHIN_MS);
  const { ledger, guests } = crew.rooms.people;
  const role = guests[1].role;
  const asked = [...ledger.pending.values()].some(({ part, sets }) => part === 'role' && sets === role);
  if (n > 0 && role !== ledger.role && !asked) broken.push(`kill ${n}: the role is ${role}, and ${ledger.role} was told`);
}

/** What a crash left, looked at in a copy, so that the server finds it as it was. @param {number} n */
function databaseIsWhole(n) {
  const copy = mkdtempSync(join(tmpdir(), 'tutti-killed-'));
  try {
    for (const file of readdirSync(server.dataDir)) {
      if (file.startsWith('tutti.db')) copyFileSync(join(server.dataDir, file), join(copy, file));
    }
    const said = execFileSync('sqlite3', [join(copy, 'tutti.db'), 'PRAGMA integrity_check; PRAGMA foreign_key_check;'], { encoding: 'utf8' });
    if (said.trim() !== 'ok') broken.push(`kill ${n}: the database is damaged: ${said.trim()}`);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** @param {Crew} crew @param {string[]} ids */
async function uploadsAreThere(crew, ids) {
  const headers = { authorization: `Bearer ${crew.rooms.music.keys.hostToken}` };
  for (const id of ids) {
    const answer = await fetch(`${server.url}/api/tracks/${id}`, { headers });
    if (answer.status !== 200) broken.push(`the upload ${id} is gone: ${answer.status}`);
    else {
      const { trackUrl } = /** @type {any} */ (await answer.json());
      const audio = await fetch(server.url + trackUrl, { headers });
      const bytes = (await audio.arrayBuffer()).byteLength;
      if (audio.status !== 200 || bytes === 0) broken.push(`the audio of the upload ${id} is gone: ${audio.status}, ${bytes} bytes`);
    }
  }
}

function report() {
  const of = (/** @type {keyof Kill} */ what) => done.map((kill) => kill[what]).sort((a, b) => a - b);
  const row = (/** @type {string} */ name, /** @type {number[]} */ sorted, /** @type {number} */ digits) =>
    `| ${name} | ${[0.5, 0.95, 1].map((q) => (sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? NaN).toFixed(digits)).join(' | ')} |`;
  console.log(`\n${done.length} times \`kill -9\`, seed ${seed}; ${done.at(-1)?.acknowledged ?? 0} changes acknowledged, ${broken.length === 0 ? 'none lost' : 'NOT ALL KEPT'}\n`);
  console.log('| | median | p95 | max |\n|---|---|---|---|');
  console.log(row('from the start of the process until a member is in its room, ms', of('backMs'), 0));
  console.log(row('until all are, and know the time, ms', of('allMs'), 0));
  console.log(row('changes under way at the kill', of('pending'), 0));
  console.log(row('members apart on the timeline, ms', of('apartMs'), 2));
  console.log(row('the timeline moved by, ms', of('movedMs'), 2));
  for (const fault of broken) console.log(`BROKEN: ${fault}`);
}
