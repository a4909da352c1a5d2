// What the clocks of a server's machine may do to it: the wall clock steps by hours while music plays; it was wrong when
// the last process began and is right now, or the other way round; the process stands still for half a minute. Members
// without a browser look on: room time and the timeline must not move, nobody is sent away, commands are carried out.
// The wall clock is moved by libfaketime; the machine's own clocks stay what they are. Ends with 1 when anything moved.
//
//   node faults/clock.mjs [--short]

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Api, libraryHas } from '../harness/api.mjs';
import { musicDir, SONGS } from '../harness/music.mjs';
import { pause } from '../harness/pause.mjs';
import { startServer } from '../harness/server.mjs';
import { Guest } from './guest.mjs';

const short = process.argv.includes('--short');
/** As far as sockets on a busy machine can tell. */
const MOVED_MS = 30;
/** Keep-alive and time-out of sockets, so that a standstill is longer than both: the usual ones when there is time. */
const [KEEP_ALIVE_SEC, TIMEOUT_SEC, STANDSTILL_SEC] = short ? [2, 5, 8] : [8, 20, 30];
const BACK_WITHIN_MS = 20_000;

/** @typedef {import('../harness/server.mjs').Server} Server */
/** @typedef {{ server: Server, api: Api, code: string, guests: Guest[], durationSec: number, setClock: (by: string) => void }} Scene */

const broken = /** @type {string[]} */ ([]);
console.log('| what happens | room time moved by, ms | the timeline moved by, ms | members sent away |\n|---|---|---|---|');
await scene('+0', async (scene) => {
  for (const by of ['+2h', '+400d', '-3h', '+0']) {
    await look(scene, `the wall clock steps to ${by} while it plays`, async () => {
      scene.setClock(by);
      await pause(short ? 1_500 : 6_000);
      // The date of answers is made anew when a second has passed by that very clock, so it does not follow a step back.
      if (by === '+2h' || by === '+400d') await wallClockIs(scene.server, by);
    });
  }
  await look(scene, `the process stands still for ${STANDSTILL_SEC} s`, () => standStill(scene));
});
for (const [before, after] of [['+0', '-2h'], ['+0', '+2h'], ['-1000d', '+0'], ['+30d', '+0']]) {
  await scene(before, (scene) => look(scene, `kill -9 at ${before}, and a start at ${after}`, async () => {
    await wallClockIs(scene.server, before);
    await scene.server.kill();
    scene.setClock(after);
    await scene.server.start();
    await wallClockIs(scene.server, after);
    await everybody(scene.guests, ({ inStep }) => inStep);
  }, { restarts: true }));
}
for (const fault of broken) console.log(`BROKEN: ${fault}`);
process.exitCode = broken.length > 0 ? 1 : 0;

/** A room that plays on a server whose wall clock is off by so much. @param {string} by @param {(scene: Scene) => Promise<void>} act */
async function scene(by, act) {
  const folder = mkdtempSync(join(tmpdir(), 'tutti-clock-'));
  const file = join(folder, 'wall-clock');
  const setClock = (/** @type {string} */ by) => writeFileSync(file, `${by}\n`);
  setClock(by);
  const env = {
    LD_PRELOAD: libfaketime(), FAKETIME_TIMESTAMP_FILE: file, FAKETIME_NO_CACHE: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1', DONT_FAKE_MONOTONIC: '1',
  };
  const args = ['--admin-token', 'operator-of-the-clocks', '--keep-alive-s', `${KEEP_ALIVE_SEC}`, '--socket-timeout-s', `${TIMEOUT_SEC}`];
  const server = await startServer({ musicDirs: [musicDir()], args, env });
  /** @type {Guest[]} */
  const guests = [];
  try {
    const api = new Api(server.url);
    const song = await libraryHas(api.withToken('operator-of-the-clocks'), SONGS.flac.title);
    const { code, hostToken } = await api.createRoom();
    const host = api.withToken(hostToken);
    await host.control(code, 'repeat', { mode: 'one' });
    await host.control(code, 'play', { trackId: song.id });
    for (const giveUpAt = performance.now() + BACK_WITHIN_MS; (await host.playback(code)).status !== 'playing'; await pause(50)) {
      if (performance.now() > giveUpAt) throw new Error('the room does not play');
    }
    for (let n = 0; n < 4; n++) guests.push(new Guest(server.url, code, { name: `Guest ${n}`, cookie: `tutti_session=clock${n}`, retryMs: () => 20 }));
    await everybody(guests, ({ inStep }) => inStep);
    await act({ server, api: host, code, guests, durationSec: song.durationSec, setClock });
  } finally {
    for (const guest of guests) guest.leave();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Does something, and looks whether anything moved by it.
 * @param {Scene} scene @param {string} what @param {() => Promise<unknown>} act @param {{ restarts?: boolean }} [how]
 */
async function look({ api, code, guests, durationSec }, what, act, { restarts = false } = {}) {
  const atMs = performance.now();
  const before = guests.map((guest) => ({ guest, offsetMs: guest.offsetMs, sec: guest.placeSec(atMs), visits: guest.visits, ends: guest.closedWith.length }));
  await act();
  for (const guest of guests) guest.measure();
  await everybody(guests, ({ inStep }) => inStep);
  const nowMs = performance.now();
  const clockMs = Math.max(...before.map(({ guest, offsetMs }) => Math.abs(guest.offsetMs - offsetMs)));
  const movedMs = Math.max(...before.map(({ guest, sec }) => {
    const by = guest.placeSec(nowMs) - sec - (nowMs - atMs) / 1_000;
    return Math.abs(by - durationSec * Math.round(by / durationSec)) * 1_000;
  }));
  const sent = restarts ? 0 : before.filter(({ guest, ends }) => guest.closedWith.length > ends).length;
  console.log(`| ${what} | ${clockMs.toFixed(2)} | ${movedMs.toFixed(2)} | ${restarts ? '' : sent} |`);
  const { status, positionSec } = await api.playback(code);
  const placeSec = guests[0].placeSec(performance.now());
  const offSec = Math.abs(positionSec - placeSec);
  if (status !== 'playing') broken.push(`${what}: the room is ${status}`);
  if (Math.min(offSec, Math.abs(offSec - durationSec)) > 0.5) broken.push(`${what}: the server says ${positionSec} s, and members ${placeSec} s`);
  if (!(clockMs < MOVED_MS)) broken.push(`${what}: room time moved by ${clockMs.toFixed(1)} ms`);
  if (!(movedMs < MOVED_MS)) broken.push(`${what}: the timeline moved by ${movedMs.toFixed(1)} ms`);
  if (sent > 0) broken.push(`${what}: ${sent} members were sent away`);
}

/** By the date of an answer: is the clock as far off as it was set? @param {Server} server @param {string} by such as `-3h` */
async function wallClockIs(server, by) {
  const [, amount, unit] = /** @type {RegExpExecArray} */ (/^([+-]\d+)([hd]?)$/.exec(by));
  const wantedSec = Number(amount) * ({ h: 3_600, d: 86_400 }[unit] ?? 1);
  const date = (await fetch(`${server.url}/healthz`)).headers.get('date') ?? '';
  const isSec = (Date.parse(date) - Date.now()) / 1_000;
  if (!(Math.abs(isSec - wantedSec) < 5)) throw new Error(`the wall clock of the server is off by ${isSec.toFixed(0)} s, and was set to ${by}`);
}

/** SIGSTOP; what is asked meanwhile is done afterwards. @param {Scene} scene */
async function standStill({ server, api, code }) {
  process.kill(server.pid, 'SIGSTOP');
  const asked = api.control(code, 'volume', { volume: 0.5 });
  try {
    await pause(STANDSTILL_SEC * 1_000);
  } finally {
    process.kill(server.pid, 'SIGCONT');
  }
  await asked;
  // Whoever is taken for silent would be sent away within a keep-alive.
  await pause((KEEP_ALIVE_SEC + 1) * 1_000);
  const { volume } = await api.playback(code);
  if (volume !== 0.5) broken.push(`what was asked of a server that stood still was not done: volume ${volume}`);
}

/** @param {Guest[]} guests @param {(guest: Guest) => boolean} condition */
async function everybody(guests, condition) {
  for (const giveUpAt = performance.now() + BACK_WITHIN_MS; !guests.every(condition); await pause(5)) {
    if (performance.now() > giveUpAt) throw new Error('not all members are back');
  }
}

function libfaketime() {
  const found = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib', '/usr/lib64'].map((dir) => join(dir, 'faketime/libfaketimeMT.so.1')).find(existsSync);
  if (!found) throw new Error('this needs libfaketime (Debian: apt-get install faketime)');
  return found;
}
