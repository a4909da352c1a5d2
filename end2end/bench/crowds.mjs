// How long a command takes to reach everybody in a room, for rooms of many sizes and for many rooms, beside a bare axum
// repeater in the same run; and what pings of quiet clients see meanwhile, and what it costs. Load and server share the
// machine: nothing else should run on it.
//
//   node bench/crowds.mjs [--seconds 20] [--only 1000]

import { execFile } from 'node:child_process';
import { parseArgs, promisify } from 'node:util';
import { markdown } from '../audible/report.mjs';
import { robustLine } from '../audible/fit.mjs';
import { musicDir } from '../harness/music.mjs';
import { pause } from '../harness/pause.mjs';
import { TUTTI_BIN } from '../harness/places.mjs';
import { cpuSecOfTree, residentKiB } from '../harness/processes.mjs';
import { startServer } from '../harness/server.mjs';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '20' }, only: { type: 'string', default: '' } } });

/** With it, rooms can be made as fast as they come. */
const ADMIN = 'operator-of-the-figures';
/** What is asked of a room of a thousand, of the repeater's p99. */
const GOAL = 0.9;

const run = promisify(execFile);

/** @typedef {{ name: string, args: string[], listeners: number, grows?: boolean }} Crowd */
const repeater = ['--repeater', '--every', '2'];
/** @type {Crowd[]} */
const CROWDS = [
  ...[250, 500, 1_000, 2_000, 4_000, 5_000].map((listeners) => ({
    name: `one room of ${listeners}`,
    args: ['--listeners', `${listeners}`, ...repeater],
    listeners,
    grows: listeners <= 4_000,
  })),
  { name: '500 rooms of 10, each acts every 2 s', args: ['--rooms', '500', '--listeners', '10', ...repeater], listeners: 5_000 },
  {
    name: '50 rooms of 10, each acts 5 times a second and chats every 2 s',
    args: ['--rooms', '50', '--listeners', '10', '--every', '0.2', '--chat-every', '2'],
    listeners: 500,
  },
];

/** @type {string[][]} */
const rows = [];
/** @type {{ at: number, value: number }[]} */
const growth = [];
for (const crowd of CROWDS.filter(({ name }) => name.includes(values.only))) await measure(crowd);
console.log(markdown(['crowd', 'p50', 'p99', 'max', 'repeater p50', 'p99', 'p99 by repeater', 'quiet ping p99', 'CPU s', 'KiB a listener'], rows, 1, 9));
if (growth.length > 2) console.log(`\nThe p50 grows by ${slopeOf(growth)}.`);

/** @param {Crowd} crowd */
async function measure({ name, args, listeners, grows }) {
  const limits = ['--admin-token', ADMIN, '--max-members', '10000', '--max-rooms', '1000', '--watch', 'off'];
  const server = await startServer({ musicDirs: [musicDir()], args: limits });
  try {
    await pause(5_000);
    const before = { cpu: cpuSecOfTree(server.pid), kib: residentKiB(server.pid) };
    let most = before.kib;
    const watching = setInterval(() => (most = Math.max(most, residentKiB(server.pid))), 500);
    const words = ['load', '--admin-token', ADMIN, server.url, '--json', '--seconds', values.seconds, ...args];
    const { stdout } = await run(TUTTI_BIN, words, { maxBuffer: 1 << 24 });
    clearInterval(watching);
    const told = JSON.parse(stdout);
    if (told.joined < listeners || told.missed > 0) throw new Error(`${name}: ${told.joined} came in, ${told.missed} broadcasts were missed`);
    const ms = (/** @type {number | undefined} */ value) => (value === undefined ? '' : value.toFixed(1));
    const [delivery, repeated] = [told.delivery, told.repeaterDelivery];
    rows.push([
      name,
      ms(delivery.p50Ms),
      ms(delivery.p99Ms),
      ms(delivery.maxMs),
      ms(repeated?.p50Ms),
      ms(repeated?.p99Ms),
      told.p99ByRepeater ? `${told.p99ByRepeater.toFixed(2)}${told.p99ByRepeater <= GOAL ? '' : ` (${GOAL} asked)`}` : '',
      told.quietPing.p99Ms.toFixed(2),
      (cpuSecOfTree(server.pid) - before.cpu).toFixed(1),
      ((most - before.kib) / listeners).toFixed(1),
    ]);
    console.error(rows.at(-1)?.join(' | '));
    if (grows) growth.push({ at: listeners, value: delivery.p50Ms });
  } finally {
    await server.stop();
  }
}

/** A straight line, and how far the sizes are from it. @param {{ at: number, value: number }[]} points */
function slopeOf(points) {
  const line = robustLine(points.map(({ at }) => at), points.map(({ value }) => value));
  const off = Math.max(...points.map(({ at, value }) => Math.abs(value - line.at(at))));
  return `${(line.slope * 1_000).toFixed(2)} ms a thousand listeners, and no size is more than ${off.toFixed(1)} ms off that line`;
}
