// Two thousand listeners of one room come back after `kill -9` and a start: with the pauses that pages make, and all at
// the same instants. Prints how long the server takes for them, from the first connection that it takes, and what it
// costs those who ask for a page meanwhile. `tutti load --come-back` is the herd.
//
//   node faults/herd.mjs [--listeners N]

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { TUTTI_BIN } from '../harness/places.mjs';
import { musicDir } from '../harness/music.mjs';
import { pause } from '../harness/pause.mjs';
import { startServer } from '../harness/server.mjs';

/** What is promised (manual/operations.md). */
const SERVED_WITHIN_MS = 10_000;

const { values } = parseArgs({ options: { listeners: { type: 'string', default: '2000' } } });
const listeners = Number(values.listeners);
let slow = 0;
console.log(`| ${listeners} listeners of one room, after \`kill -9\` | p50 | p99 | the last | attempts that failed | \`/healthz\` meanwhile, slowest |\n|---|---|---|---|---|---|`);
for (const [how, words] of [['as-pages', 'after pauses of their own, ms'], ['at-once', 'all at once, ten times a second, ms']]) {
  const { herd, slowestMs } = await stampede(how);
  console.log(`| ${words} | ${herd.served.p50Ms.toFixed(0)} | ${herd.served.p99Ms.toFixed(0)} | ${herd.served.maxMs.toFixed(0)} | ${herd.failed} | ${slowestMs.toFixed(0)} |`);
  if (herd.back < listeners || herd.served.maxMs > SERVED_WITHIN_MS) slow++;
}
process.exitCode = slow > 0 ? 1 : 0;

/** @param {string} how */
async function stampede(how) {
  const server = await startServer({ musicDirs: [musicDir()] });
  const herd = spawn(TUTTI_BIN, ['load', server.url, '--listeners', `${listeners}`, '--come-back', how, '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exitHook = () => herd.kill('SIGKILL');
  process.once('exit', exitHook);
  try {
    const lines = createInterface({ input: herd.stdout })[Symbol.asyncIterator]();
    const all = await lines.next();
    if (!String(all.value).includes('are in')) throw new Error(`the herd says: ${all.value}`);
    await pause(2_000);
    await server.kill();
    await server.start();
    let over = false;
    const slowest = slowestAnswer(server.url, () => over);
    const said = await lines.next();
    over = true;
    const result = JSON.parse(String(said.value));
    return { herd: result, slowestMs: await slowest };
  } finally {
    process.removeListener('exit', exitHook);
    if (herd.exitCode === null) {
      const gone = once(herd, 'exit');
      const impatience = setTimeout(exitHook, 5_000);
      await gone;
      clearTimeout(impatience);
    }
    await server.stop();
  }
}

/** @param {string} url @param {() => boolean} isOver */
async function slowestAnswer(url, isOver) {
  let slowestMs = 0;
  while (!isOver()) {
    const askedMs = performance.now();
    await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(10_000) }).catch(() => {});
    slowestMs = Math.max(slowestMs, performance.now() - askedMs);
    await pause(50);
  }
  return slowestMs;
}
