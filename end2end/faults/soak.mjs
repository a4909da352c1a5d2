// An evening that does not end: hundreds of people come and go in dozens of rooms, tracks play, files come in and go,
// the library is scanned. Three times, the last at the end, everybody leaves and the music stops: what the server still
// holds then has to be what it held the time before, to the task and the open file. The first third is for warming up; a
// line through the rest says how memory grows, and the last two rests whether it goes on. Prints a table; fails when
// something stays that nobody needs.
//
//   node faults/soak.mjs [--minutes 60] [--members 500] [--rooms 30]

import { readFileSync, readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { robustLine } from '../audible/fit.mjs';
import { markdown } from '../audible/report.mjs';
import { Api } from '../harness/api.mjs';
import { join } from '../harness/member.mjs';
import { musicDir, SONGS } from '../harness/music.mjs';
import { pause } from '../harness/pause.mjs';
import { startServer } from '../harness/server.mjs';
import { wavFile } from '../harness/wav.mjs';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '60' }, members: { type: 'string', default: '500' }, rooms: { type: 'string', default: '30' } },
});
const [minutes, people, rooms] = [Number(values.minutes), Number(values.members), Number(values.rooms)];

const ADMIN = 'operator-of-the-figures';
/** How long somebody stays, and stays away: half a minute more or less, so that an hour sees tens of thousands. */
const [STAY_MS, AWAY_MS] = [40_000, 4_000];
const SAMPLE_MS = 5_000;
const RESTS = 3;
/** A place is kept for a minute after its connection ended, and only then is its room given up. */
const REST_WITHIN_MS = 180_000;
/** Tasks and open files that one rest may have more than another: what the measuring itself has under way. */
const FEW = 3;
/**
 * What may stay in memory of one who came and went, from the last rest but one to the last: less than a member is by its
 * name, its ids and its role. What is forgotten is forgotten at the same pace for ever; the holes of an allocator fill ever
 * more slowly (with that of the system 610 bytes in the second third of an hour, 197 in the last), so a short run says little.
 */
const BYTES_OF_A_VISIT = 256;

/** @typedef {{ hours: number, visits: number, memory: number, threads: number, files: number, tasks: number }} Sample */

const random = (/** @type {number} */ most) => Math.random() * most;
const server = await startServer({ musicDirs: [musicDir()], args: ['--admin-token', ADMIN, '--max-rooms', '1000'] });
const operator = new Api(server.url).withToken(ADMIN);
const counts = { joins: 0, leaves: 0, lost: 0, actions: 0, lines: 0, uploads: 0, scans: 0, failed: 0 };
const beganAt = performance.now();
const endAt = beganAt + minutes * 60_000;
const goesOn = () => performance.now() < endAt;
/** While set, nobody is there and nobody comes. @type {Promise<void> | undefined} */
let rest;
try {
  await pause(5_000);
  const track = await operator.trackTitled(SONGS.flac.title);
  if (!track) throw new Error('the library is empty');
  /** @type {{ code: string, hostToken: string }[]} */
  const made = [];
  for (let n = 0; n < rooms; n++) made.push(await operator.createRoom({ name: `Soak ${n}` }));
  const unused = await sample();
  /** @type {Sample[]} */
  const samples = [];
  /** @type {Sample[]} */
  const rested = [];
  await Promise.all([
    ...Array.from({ length: people }, () => person(made)),
    ...made.map((room) => host(room, track.id)),
    library(),
    sampled(samples),
    rests(made, rested),
  ]);
  tell(unused, samples, rested);
} finally {
  await server.stop();
}

/** Comes and goes, each time in another room. @param {{ code: string }[]} made */
async function person(made) {
  await pause(random(STAY_MS));
  for (; goesOn(); await pause(random(2 * AWAY_MS))) {
    await rest;
    if (!goesOn()) return;
    const { code } = made[Math.floor(random(made.length))];
    let isOver = false;
    const stayUntil = Math.min(performance.now() + random(2 * STAY_MS), endAt);
    try {
      const member = await join(server.url, code, { name: 'Visitor' }, () => {}, { ended: () => (isOver = true) });
      counts.joins++;
      for (let ping = 1; performance.now() < stayUntil && !isOver && !rest; ping++) {
        member.send({ t: 'TIME_PING', clientNowMs: performance.now(), pingId: ping });
        if (random(20) < 1) {
          member.send({ t: 'CHAT', text: `line ${counts.lines++}` });
        }
        await pause(2_000);
      }
      if (isOver) counts.lost++;
      else counts.leaves++;
      member.leave();
    } catch {
      counts.failed++;
    }
  }
}

/** Does what hosts do. @param {{ code: string, hostToken: string }} room @param {string} trackId */
async function host({ code, hostToken }, trackId) {
  const api = new Api(server.url).withToken(hostToken);
  const deeds = [
    () => api.control(code, 'play', { trackId }),
    () => api.control(code, 'pause'),
    () => api.control(code, 'seek', { positionSec: random(60) }),
    () => api.control(code, 'volume', { volume: random(1) }),
    () => api.addToQueue(code, [trackId, trackId]),
    () => api.clearQueue(code),
    () => api.room(code),
  ];
  while (goesOn()) {
    await pause(random(6_000));
    await rest;
    // A seek while nothing is loaded is refused, as it should be.
    await deeds[Math.floor(random(deeds.length))]().then(() => counts.actions++, () => {});
  }
}

/** Files come in and go, and all is scanned now and then. */
async function library() {
  const headers = { Authorization: `Bearer ${ADMIN}` };
  for (let n = 0; goesOn(); n++) {
    await rest;
    const form = new FormData();
    form.append('file', new Blob([wavFile(`Soak ${n}`, 20)]), `Soak ${n}.wav`);
    const answer = await fetch(`${server.url}/api/tracks`, { method: 'POST', headers, body: form });
    if (answer.ok) {
      const { tracks } = /** @type {{ tracks: { id: string }[] }} */ (await answer.json());
      counts.uploads++;
      await fetch(`${server.url}/media/${tracks[0].id}/original`, { headers }).then((audio) => audio.arrayBuffer());
      await fetch(`${server.url}/api/tracks/${tracks[0].id}`, { method: 'DELETE', headers });
    } else counts.failed++;
    if (n % 4 === 0) {
      await fetch(`${server.url}/api/library/scan`, { method: 'POST', headers });
      counts.scans++;
    }
    await pause(5_000);
  }
}

/** Sends everybody away after each third, waits until the server has noticed, and looks. @param {{ code: string, hostToken: string }[]} made @param {Sample[]} rested */
async function rests(made, rested) {
  for (let n = 1; n <= RESTS; n++) {
    await pause(beganAt + (n * minutes * 60_000) / RESTS - performance.now());
    let wake = () => {};
    rest = new Promise((resolve) => (wake = () => resolve(undefined)));
    // Whoever is in the middle of something ends it.
    await pause(8_000);
    for (const { code, hostToken } of made) await new Api(server.url).withToken(hostToken).control(code, 'stop').catch(() => {});
    for (const giveUpAt = performance.now() + REST_WITHIN_MS; ; await pause(1_000)) {
      const { tutti_sockets: sockets, tutti_rooms_in_use: inUse, tutti_library_unmeasured_tracks: toMeasure } = await scrape();
      if (sockets + inUse + toMeasure === 0) break;
      if (performance.now() > giveUpAt) throw new Error(`everybody left, and there are ${sockets} sockets, ${inUse} rooms, ${toMeasure} tracks to be measured`);
    }
    // Connections that nobody uses any more are closed by those who opened them, after 4 s.
    await pause(6_000);
    rested.push(await sample());
    console.log(`${((performance.now() - beganAt) / 60_000).toFixed(1)} min, ${counts.joins} came: ${JSON.stringify(rested[n - 1])}`);
    rest = undefined;
    wake();
  }
}

/** @param {Sample[]} samples */
async function sampled(samples) {
  for (; goesOn(); await pause(SAMPLE_MS)) if (!rest) samples.push(await sample());
}

/** @returns {Promise<Sample>} */
async function sample() {
  const { tutti_tasks: tasks } = await scrape();
  const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
  const field = (/** @type {string} */ name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]);
  const files = readdirSync(`/proc/${server.pid}/fd`).length;
  return { hours: (performance.now() - beganAt) / 3_600_000, visits: counts.joins, memory: field('VmRSS') / 1_024, threads: field('Threads'), files, tasks };
}

/** The lines without labels. @returns {Promise<Record<string, number>>} */
async function scrape() {
  const text = await (await fetch(`${server.url}/metrics`, { headers: { Authorization: `Bearer ${ADMIN}` } })).text();
  return Object.fromEntries([...text.matchAll(/^(\w+) (\S+)$/gm)].map(([, name, value]) => [name, Number(value)]));
}

/** @param {Sample} unused @param {Sample[]} samples @param {Sample[]} rested */
function tell(unused, samples, rested) {
  const [first, last] = [rested[0], rested[rested.length - 1]];
  const busy = samples.filter(({ hours }) => hours > first.hours);
  const slope = busy.length > 1 ? robustLine(busy.map(({ hours }) => hours), busy.map(({ memory }) => memory)).slope : NaN;
  // From rest to rest.
  const bytes = rested.slice(1).map(({ memory, visits }, n) => ((memory - rested[n].memory) * 1_048_576) / Math.max(1, visits - rested[n].visits));
  const row = (/** @type {string} */ name, /** @type {'memory' | 'threads' | 'files' | 'tasks'} */ what, digits = 0) =>
    [name, unused[what].toFixed(digits), Math.max(...samples.map((sample) => sample[what])).toFixed(digits), ...rested.map((sample) => sample[what].toFixed(digits))];
  const used = process.cpuUsage();
  console.log(`\n${people} people in ${rooms} rooms for ${minutes} min: ${counts.joins} came, ${counts.leaves} went, ${counts.lost} were cut off, ${counts.failed} things failed; ${counts.actions} actions, ${counts.lines} lines of chat, ${counts.uploads} files in and out, ${counts.scans} scans; the visitors took ${((used.user + used.system) / 10_000 / ((performance.now() - beganAt) / 1_000)).toFixed(0)} % of a core\n`);
  const head = ['of the server', 'before', 'at most', ...rested.map(({ hours }) => `all gone, ${(hours * 60).toFixed(0)} min`)];
  console.log(markdown(head, [row('memory, MiB', 'memory', 1), row('threads', 'threads'), row('open files', 'files'), row('tasks', 'tasks')], 1, head.length - 1));
  console.log(`\nMemory after the first third: ${slope.toFixed(1)} MiB an hour while people are there; from rest to rest ${bytes.map((one) => one.toFixed(0)).join(', then ')} bytes for each who came (at the end ${BYTES_OF_A_VISIT} allowed).`);
  const broken = [];
  for (const what of /** @type {const} */ (['files', 'tasks', 'threads'])) if (last[what] > first[what] + FEW) broken.push(`${last[what] - first[what]} ${what} more than after the first third`);
  if (bytes[bytes.length - 1] > BYTES_OF_A_VISIT) broken.push('memory grows with those who came');
  if (counts.lost + counts.failed > 0) broken.push('somebody was cut off, or something failed');
  for (const fault of broken) console.log(`BROKEN: ${fault}`);
  if (broken.length > 0) process.exitCode = 1;
}
