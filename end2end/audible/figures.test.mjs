// Do the pure parts between a recording and a table say what happened: arrivals, holes, rate writes, traffic, goals?

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseStat } from '../harness/processes.mjs';
import { arrival, figures, longestRun } from './figures.mjs';
import { countHeard } from './ledger.mjs';
import { IDS, planned, SESSIONS } from './plan.mjs';
import { EXPECTED } from './promises.mjs';
import { between } from './record.mjs';
import { report } from './report.mjs';
import { frameBytes } from './traffic.mjs';

/** @param {(number | null)[]} lags of one listener, a window each */
function readings(lags) {
  return lags.map((lagMs, i) => ({ ear: 1, sinceDueSec: i / 4, settled: i >= 8, lagMs }));
}

/**
 * @param {(number | null)[]} lags
 * @param {Partial<import('./scenarios.mjs').Stretch>} [more]
 * @returns {import('./figures.mjs').Heard}
 */
function heard(lags, more = {}) {
  const all = readings(lags);
  const stretch = { part: '', dueSec: 0, settledSec: 2, endSec: lags.length / 4, ears: [1], saidMs: [0, 0], ...more };
  return { stretch, readings: all, arrivedSec: [15, 5, 2].map((limitMs) => arrival(all, limitMs)), ends: [], holeMs: null, untrue: null };
}

const still = (/** @type {number} */ lagMs, windows = 24) => Array.from({ length: windows }, () => lagMs);

test('one has arrived with the first window from which on one stays for three seconds', () => {
  const lags = readings([null, 30, 4, 9, 4, 4, 1, ...still(1, 16)]);
  assert.equal(arrival(lags, 5), 1);
  assert.equal(arrival(lags, 2), 1.5);
});

test('to pass through, to be lost, and to come at the very end are no arrival', () => {
  assert.equal(arrival(readings([1, 1, 1, 9, 1, 1, 1, 9, 1, 1, 1]), 5), null);
  assert.equal(arrival(readings([...still(9), 1, 1, 1]), 5), null);
  assert.equal(arrival(readings([...still(1, 6), null, ...still(1, 6), null]), 5), null);
});

test('figures are of what is settled, whatever came before and on whichever side of the host', () => {
  const row = figures('start', [heard([...still(400, 8), ...still(-1)]), heard([...still(4, 8), ...still(1)])]);
  assert.deepEqual([row.times, row.windows, row.lost, row.medianMs, row.maxMs], [2, 48, 0, 1, 1]);
  assert.deepEqual(row.arrived.slice(1), [{ medianSec: 0, worstSec: 2 }, { medianSec: 2, worstSec: 2 }]);
  assert.deepEqual(row.missed, ['5 ms in 1.5 s']);
  assert.deepEqual(row.broken, []);
});

test('a promise breaks when listeners are far apart, cannot be heard, or sounded when they cannot have', () => {
  assert.deepEqual(figures('start', [heard(still(21, 24))]).broken, ['p95 above 20 ms']);
  assert.deepEqual(figures('start', [heard([...still(1, 20), null, null, null])]).broken, ['3 of 15 windows lost']);
  assert.deepEqual(figures('start', [{ ...heard(still(1)), untrue: 'no' }]).broken, ['no']);
  assert.deepEqual(figures('start', []).broken, ['nothing was recorded']);
  assert.deepEqual(figures('start, disturbed', [heard(Array(24).fill(null))]).broken, [], 'what the host held up is told, not judged');
});

test('wear is of one listener on average, and traffic of the one with the most', () => {
  const wear = [
    { rateWrites: 4, jumps: 0, seconds: 60, trafficBytes: 1_024 },
    { rateWrites: 2, jumps: 1, seconds: 60, trafficBytes: 2_048 },
  ];
  const row = figures('steady', [heard(still(0.1), { wear })]);
  assert.deepEqual([row.rateWriteEverySec, row.jumps, row.jumpsPerMin, row.trafficKBPerMin], [20, 1, 1, 2]);
  assert.deepEqual(row.missed, ['no jump']);
});

test('what is written to an element counts when it can be heard', () => {
  const entry = { atMs: 0, value: 1 };
  const written = [
    { ...entry, what: /** @type {const} */ ('rate'), heard: true },
    { ...entry, what: /** @type {const} */ ('rate'), heard: false },
    { ...entry, what: /** @type {const} */ ('seek'), heard: true },
    { ...entry, what: /** @type {const} */ ('pause'), heard: true },
    { ...entry, what: /** @type {const} */ ('pause'), heard: false },
  ];
  assert.deepEqual(countHeard(written), { rateWrites: 1, jumps: 2 });
});

test('a frame is as long as it is on the wire', () => {
  assert.deepEqual(['', 'a', 'ä', 'x'.repeat(126), 'x'.repeat(65_536)].map(frameBytes), [2, 3, 4, 130, 65_546]);
});

test('a hole is the longest run of next to nothing', () => {
  assert.equal(longestRun(Int16Array.from([0, 5, 1, -1, 0, 7, 0, 0]), 1), 3);
  assert.equal(longestRun(Int16Array.from([5, -5]), 1), 0);
});

test('between two samples lies what lies between them, and outside silence', () => {
  const samples = Int16Array.from([0, 100, 50]);
  assert.deepEqual([0.5, 1, 1.5, -3, 2.5, 9].map((place) => between(samples, place)), [50, 100, 75, 0, 25, 0]);
});

test('a process is read whatever it is called', () => {
  const rest = 'S 41 42 42 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 1 0 12345 0 0';
  assert.deepEqual(parseStat(`42 (a) b (c) ${rest}`), { pid: 42, parent: 41, cpuSec: 3, state: 'S' });
});

test('everything that is planned is expected, and what is expected is planned', () => {
  const rows = SESSIONS.flatMap(({ steps }) => steps.map(({ row }) => row));
  const isOf = (/** @type {string} */ row) => (/** @type {string} */ name) => name === row || name.startsWith(`${row}, `);
  for (const row of rows) assert.ok(Object.keys(EXPECTED).some(isOf(row)), row);
  for (const name of Object.keys(EXPECTED)) assert.ok(rows.some((row) => isOf(row)(name)), name);
});

test('by name one gets any scenario at any pace, and nothing else', () => {
  for (const id of IDS.filter((id) => id !== 'cost')) {
    for (const pace of /** @type {const} */ (['short', 'full'])) {
      const steps = planned(pace, [id]).flatMap((plan) => plan.steps);
      assert.ok(steps.length > 0 && steps.every(({ step }) => step.id === id), `${id}, ${pace}`);
    }
  }
});

test('the tables tell what was met, missed, broken, not played and played once more', () => {
  const mishaps = { failures: [{ row: 'asleep', why: 'it did not' }], crashes: [{ row: 'two browsers', why: 'page crash' }] };
  const text = report([figures('steady', [heard(still(0.1))]), figures('start', [heard(still(21))])], mishaps, { roomPercent: 9, barePercent: 7, seconds: 60 });
  assert.match(text, /\| steady +\|.*\| met +\|/);
  assert.match(text, /\| start +\|.*never.*missed: 5 ms in 1.5 s, 2 ms in 4 s; \*\*p95 above 20 ms\*\*/);
  assert.match(text, /\*\*asleep\*\* could not be played: it did not/);
  assert.match(text, /\*\*two browsers\*\* was played once more, because a browser crashed: page crash/);
  assert.match(text, /\| +9.0 \| +7.0 \| +2.0 \| met/);
});
