// An evening that does not end: hundreds of people come and go in dozens of rooms, tracks play, files come in and go,
// the library is scanned. Memory, threads and open files of the server have to stay as they are: the first third is for
// warming up, a line through the rest says how they grow. Prints a table; fails when one grows by more than is allowed.
//
//   node faults/soak.mjs [--minutes 60] [--members 500] [--rooms 30]

import { readFileSync, readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { robustLine } from '../audible/fit.mjs';
import { markdown } from '../audible/report.mjs';
import { Api } from '../harness/api.mjs';
import { join } from '../harness/member.mjs';
import { musicDir, SONGS } from '../harness/music.mjs';
import { startServer } from '../harness/server.mjs';
import { wavFile } from '../harness/wav.mjs';
import { pause } from './guest.mjs';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '60' }, members: { type: 'string', default: '500' }, rooms: { type: 'string', default: '30' } },
});
const [minutes, people, rooms] = [Number(values.minutes), Number(values.members), Number(values.rooms)];

const ADMIN = 'operator-of-the-figures';
/** How long somebody stays, and stays away: half a minute more or less, so that an hour sees tens of thousands. */
const [STAY_MS, AWAY_MS] = [40_000, 4_000];
const SAMPLE_MS = 5_000;
/** What may grow in an hour, of what there is: an allocator does not give everything back at once. */
const ALLOWED = 0.1;

const random = (/** @type {number} */ most) => Math.random() * most;
const server = await startServer({ musicDirs: [musicDir()], args: ['--admin-token', ADMIN, '--max-rooms', '1000'] });
const operator = new Api(server.url).withToken(ADMIN);
const counts = { joins: 0, leaves: 0, lost: 0, actions: 0, uploads: 0, scans: 0, failed: 0 };
const endAt = performance.now() + minutes * 60_000;
const goesOn = () => performance.now() < endAt;
try {
  await pause(5_000);
  const track = await operator.trackTitled(SONGS.flac.title);
  if (!track) throw new Error('the library is empty');
  /** @type {{ code: string, hostToken: string }[]} */
  const made = [];
  for (let n = 0; n < rooms; n++) made.push(await operator.createRoom({ name: `Soak ${n}` }));
  const samples = sampled();
  await Promise.all([
    ...Array.from({ length: people }, () => person(made)),
    ...made.map((room) => host(room, track.id)),
    library(),
  ]);
  tell(await samples);
} finally {
  await server.stop();
}

/** Comes and goes, each time in another room. @param {{ code: string }[]} made */
async function person(made) {
  await pause(random(STAY_MS));
  while (goesOn()) {
    const { code } = made[Math.floor(random(made.length))];
    let isOver = false;
    const stayUntil = Math.min(performance.now() + random(2 * STAY_MS), endAt);
    try {
      const member = await join(server.url, code, { name: 'Visitor' }, () => {}, { ended: () => (isOver = true) });
      counts.joins++;
      for (let ping = 1; performance.now() < stayUntil && !isOver; ping++) {
        member.send({ t: 'TIME_PING', clientNowMs: performance.now(), pingId: ping });
        await pause(2_000);
      }
      if (isOver) counts.lost++;
      else counts.leaves++;
      member.leave();
    } catch {
      counts.failed++;
    }
    await pause(random(2 * AWAY_MS));
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
    // A seek while nothing is loaded is refused, as it should be.
    await deeds[Math.floor(random(deeds.length))]().then(() => counts.actions++, () => {});
  }
}

/** Files come in and go, and all is scanned now and then. */
async function library() {
  const headers = { Authorization: `Bearer ${ADMIN}` };
  for (let n = 0; goesOn(); n++) {
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

async function sampled() {
  const samples = [];
  for (const began = performance.now(); goesOn(); await pause(SAMPLE_MS)) {
    const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
    const field = (/** @type {string} */ name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]);
    const files = readdirSync(`/proc/${server.pid}/fd`).length;
    samples.push({ hours: (performance.now() - began) / 3_600_000, 'memory, MiB': field('VmRSS') / 1_024, threads: field('Threads'), 'open files': files });
  }
  return samples;
}

/** @param {Awaited<ReturnType<typeof sampled>>} samples */
function tell(samples) {
  const steady = samples.slice(Math.floor(samples.length / 3));
  const rows = [];
  for (const what of /** @type {const} */ (['memory, MiB', 'threads', 'open files'])) {
    const line = robustLine(steady.map(({ hours }) => hours), steady.map((sample) => sample[what]));
    const [first, last] = [line.at(steady[0].hours), line.at(steady[steady.length - 1].hours)];
    const most = Math.max(...samples.map((sample) => sample[what]));
    const grows = line.slope / first;
    if (grows > ALLOWED) process.exitCode = 1;
    rows.push([what, first.toFixed(1), last.toFixed(1), most.toFixed(1), `${(grows * 100).toFixed(1)} % of it${grows > ALLOWED ? ` (${ALLOWED * 100} % allowed)` : ''}`]);
  }
  console.log(`${people} people in ${rooms} rooms for ${minutes} min: ${counts.joins} came, ${counts.leaves} went, ${counts.lost} were cut off, ${counts.failed} things failed; ${counts.actions} actions, ${counts.uploads} files in and out, ${counts.scans} scans\n`);
  console.log(markdown(['of the server', 'after a third', 'at the end', 'most', 'grows in an hour by'], rows, 1, 3));
  if (counts.lost + counts.failed > 0) process.exitCode = 1;
}
