// What bad company costs the others: memory of idle sockets, and how long a room takes to hear a command while somebody
// in it does not read, shouts, or holds connections open. Prints rows for the table of figures in the manual.
//
//   node faults/peers.mjs [--idle 10000] [--listeners 300] [--rounds 3]

import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { parseArgs, promisify } from 'node:util';
import { markdown } from '../audible/report.mjs';
import { join } from '../harness/member.mjs';
import { musicDir } from '../harness/music.mjs';
import { pause } from '../harness/pause.mjs';
import { TUTTI_BIN } from '../harness/places.mjs';
import { residentKiB } from '../harness/processes.mjs';
import { startServer } from '../harness/server.mjs';

const { values } = parseArgs({
  options: { idle: { type: 'string', default: '10000' }, listeners: { type: 'string', default: '300' }, rounds: { type: 'string', default: '3' } },
});
const [idle, listeners, rounds] = [Number(values.idle), Number(values.listeners), Number(values.rounds)];

/** The load's own rooms are found by the operator. */
const ADMIN = 'operator-of-the-figures';
/** How long each measurement of the delivery is, and how often its host does something. */
const [SECONDS, EVERY] = [15, 0.25];
const DEAF = 20;
const SHOUTERS = 10;
const DRIPPERS = 200;

const run = promisify(execFile);
/** @type {string[][]} */
const rows = [];

if (idle > 0) await withServer(idleSockets);
if (rounds > 0) await withServer(delivery);
console.log(markdown(['what', 'figure', 'command'], rows, 9, 9));

/** @typedef {import('../harness/server.mjs').Server} Server */

/** @param {(server: Server) => Promise<void>} measure */
async function withServer(measure) {
  const server = await startServer({ musicDirs: [musicDir()], args: ['--admin-token', ADMIN, '--watch', 'off'] });
  try {
    await pause(5_000);
    await measure(server);
  } finally {
    await server.stop();
  }
}

/** Memory that each of many sockets costs that say hello, ping, report, and hear little. @param {Server} server */
async function idleSockets(server) {
  await load(server, ['--listeners', '200', '--seconds', '2']);
  await pause(5_000);
  const [before, rooms] = [residentKiB(server.pid), 10];
  const length = 30;
  const loading = load(server, ['--rooms', `${rooms}`, '--listeners', `${idle / rooms}`, '--every', '60', '--seconds', `${length}`, '--ping-every', '3600', '--action', 'volume']);
  let [most, open] = [0, 0];
  const watching = setInterval(async () => {
    open = Math.max(open, (await metric(server, 'tutti_sockets')) ?? 0);
    most = Math.max(most, residentKiB(server.pid));
  }, 1_000);
  const { joined } = await loading;
  clearInterval(watching);
  const command = `node faults/peers.mjs --idle ${idle}`;
  rows.push([`${joined} idle sockets, memory of the server for each`, `${((most - before) / open).toFixed(1)} KiB (${before} to ${most} KiB, ${open} open)`, command]);
}

/** @param {Server} server */
async function delivery(server) {
  /** @type {Record<string, number[]>} */
  const p99 = {};
  /** @type {number[]} */
  const evictedMs = [];
  const company = {
    nobody: async () => () => {},
    // Whoever comes and goes is told to all: that is no bad company, and all others do it, too.
    guests: async (/** @type {string} */ code) => {
      const members = await Promise.all(Array.from({ length: DEAF }, () => join(server.url, code, {}, () => {})));
      const leaving = setTimeout(() => members.forEach((member) => member.leave()), 8_000);
      return () => {
        clearTimeout(leaving);
        members.forEach((member) => member.leave());
      };
    },
    deaf: async (/** @type {string} */ code) => {
      const before = (await metric(server, 'tutti_evictions_total')) ?? 0;
      const members = await Promise.all(Array.from({ length: DEAF }, () => join(server.url, code, {}, () => {})));
      await pause(500);
      members.forEach((member) => member.fallAsleep());
      const since = performance.now();
      // It asks for everything again and again, and reads none of it.
      const asking = setInterval(() => members.forEach((member) => member.send({ t: 'REQUEST_STATE' })), 100);
      let gone = 0;
      const watching = setInterval(async () => {
        const evicted = ((await metric(server, 'tutti_evictions_total')) ?? 0) - before;
        for (; gone < Math.min(evicted, DEAF); gone++) evictedMs.push(performance.now() - since);
      }, 250);
      return () => {
        clearInterval(asking);
        clearInterval(watching);
        members.forEach((member) => member.leave());
      };
    },
    shouters: async (/** @type {string} */ code) => {
      const members = await Promise.all(Array.from({ length: SHOUTERS }, () => join(server.url, code, {}, () => {})));
      const shouting = setInterval(() => members.forEach((member) => member.shout(200)), 20);
      return () => {
        clearInterval(shouting);
        members.forEach((member) => member.leave());
      };
    },
    drippers: async () => {
      const { port } = new URL(server.url);
      const sockets = Array.from({ length: DRIPPERS }, () => connect({ port: Number(port), host: '127.0.0.1' }).on('error', () => {}));
      const dripping = setInterval(() => sockets.forEach((socket, n) => socket.writable && socket.write(n % 2 ? 'x' : 'POST /api/rooms HTTP/1.1\r\n')), 500);
      return () => {
        clearInterval(dripping);
        sockets.forEach((socket) => socket.destroy());
      };
    },
  };
  // In turns, so that a slow moment of the machine does not fall on one of them alone.
  for (let round = 0; round < rounds; round++) {
    for (const [who, come] of Object.entries(company)) {
      const loading = load(server, ['--listeners', `${listeners}`, '--seconds', `${SECONDS}`, '--every', `${EVERY}`, '--action', 'volume', '--ramp-up', '2']);
      const code = await roomCode(server);
      await pause(3_000);
      const leave = await come(code);
      const figures = await loading;
      leave();
      if (figures.missed > 0) throw new Error(`${who}: ${figures.missed} broadcasts were missed`);
      (p99[who] ??= []).push(figures.delivery.p99Ms);
      await pause(1_000);
    }
  }
  const command = `node faults/peers.mjs --listeners ${listeners}`;
  const median = (/** @type {number[]} */ list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
  const alone = median(p99.nobody);
  /** @type {[string, string][]} */
  const told = [
    ['guests', `${DEAF} more come, say nothing and go`],
    ['deaf', `${DEAF} in the room ask for everything and read nothing`],
    ['shouters', `${SHOUTERS} in the room shout 10 000 pings a second each`],
    ['drippers', `${DRIPPERS} connections drip heads and bodies`],
  ];
  rows.push([`delivery to ${listeners} in one room, p99, nobody bad about`, `${alone.toFixed(1)} ms (${p99.nobody.map((ms) => ms.toFixed(1)).join(', ')})`, command]);
  for (const [who, what] of told) {
    const ms = median(p99[who]);
    rows.push([`the same while ${what}`, `${ms.toFixed(1)} ms, ${((ms / alone - 1) * 100).toFixed(0)} % (${p99[who].map((ms) => ms.toFixed(1)).join(', ')})`, command]);
  }
  const last = evictedMs.length > 0 ? `${(Math.max(...evictedMs) / 1_000).toFixed(1)} s at most, ${evictedMs.length} of ${rounds * DEAF}` : 'never';
  rows.push(['who stops reading is sent away after', last, command]);
}

/**
 * @param {Server} server
 * @param {string[]} args
 */
async function load(server, args) {
  const { stdout } = await run(TUTTI_BIN, ['load', server.url, '--json', ...args], { maxBuffer: 1 << 24 });
  return JSON.parse(stdout);
}

/** The room of a load that begins. @param {Server} server */
async function roomCode(server) {
  for (const giveUpAt = performance.now() + 20_000; performance.now() < giveUpAt; await pause(100)) {
    const answer = await fetch(`${server.url}/api/rooms`, { headers: { Authorization: `Bearer ${ADMIN}` } });
    const { rooms } = /** @type {{ rooms: { code: string, name: string, memberCount: number }[] }} */ (await answer.json());
    const room = rooms.find(({ name, memberCount }) => name === 'Load 0' && memberCount > 1);
    if (room) return room.code;
  }
  throw new Error('the load makes no room');
}

/** @param {Server} server @param {string} name */
async function metric(server, name) {
  const text = await (await fetch(`${server.url}/metrics`, { headers: { Authorization: `Bearer ${ADMIN}` } })).text();
  const line = text.split('\n').find((each) => each.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.split(' ')[1]);
}
