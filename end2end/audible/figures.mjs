// From windows to figures: what a stretch of the recording amounts to, what several of a kind amount to together, and
// whether that is what promises.mjs expects. Pure, but for reading the recording.

import { robustLine } from './fit.mjs';
import { HOP_SEC, lagWindows } from './lag.mjs';
import { expectationOf } from './promises.mjs';
import { RATE_HZ } from './signal.mjs';

/** What counts as arrived: in a room of several engines, of one engine, and to the point; manual/sync.md. */
export const ARRIVED_MS = [15, 5, 2];
/** An arrival that does not last as long is passing through. */
const STAYS_SEC = 3;
/** A channel that should be silent may hold a step or two of rounding, in 16 bits. */
const SILENT_PEAK = 2;
/** The test signal passes through this in a sample or two, so a run of such samples is a hole in it. */
const HOLE_PEAK = 1;
/** What counts as the end of a stretch. */
const END_SEC = 2;
/** So far around a seam a hole is looked for. */
const SEAM_SEC = 1.5;

/** @typedef {{ ear: number, sinceDueSec: number, settled: boolean, lagMs: number | null }} Reading one window of one listener */

/**
 * @typedef {object} Heard one stretch, as recorded
 * @property {import('./scenarios.mjs').Stretch} stretch
 * @property {Reading[]} readings
 * @property {(number | null)[]} arrivedSec how long the slowest listener took to come, and stay, within each of ARRIVED_MS; null: never
 * @property {{ ear: number, lagMs: number | null, untoldMs: number | null }[]} ends of each ear but the host: the lag in the last seconds,
 *   and what of it the two pages do not tell of themselves
 * @property {number | null} holeMs the longest hole around the seam, of any ear; null: there is no seam
 * @property {string | null} untrue what the recording says against the stretch
 */

/**
 * @typedef {object} Figures a row: all stretches of a kind
 * @property {string} row
 * @property {number} times
 * @property {number} windows after settling
 * @property {number} lost of them
 * @property {number | null} medianMs of the absolute lags after settling
 * @property {number | null} leanMs the median with its sign, positive: later than the host
 * @property {(number | null)[]} leansMs the same of each ear but the host
 * @property {number | null} driftMsPerMin where only the change of the lag is known: the slope of the whole stretch
 * @property {number | null} p95Ms
 * @property {number | null} p99Ms
 * @property {number | null} maxMs
 * @property {{ medianSec: number | null, worstSec: number | null }[]} arrived for each of ARRIVED_MS; null: never
 * @property {number | null} rateWriteEverySec of one listener, on average; infinite: none; null: not counted
 * @property {number | null} jumps of all listeners; null: not counted
 * @property {number | null} jumpsPerMin of the listener with the most
 * @property {number | null} trafficKBPerMin of the listener with the most; null: none was counted
 * @property {Heard['ends'][]} ends of each time
 * @property {number | null} holeMs
 * @property {string[] | null} missed of the goal; null: there is none
 * @property {string[]} broken what was promised and not kept
 */

/**
 * @param {import('./stage.mjs').Stage} stage its recordings finished
 * @param {import('./scenarios.mjs').Stretch} stretch
 * @returns {Heard}
 */
export function hear({ recording, recordings }, stretch) {
  const { dueSec, settledSec, endSec, ears, relative, silence, seam } = stretch;
  const host = recording.channel(0, dueSec, endSec);
  const absolute = ears.flatMap((ear) =>
    lagWindows(host, recordings[ear].channelAsOf(ear, recording, dueSec, endSec), RATE_HZ).map(({ atSec, lagMs }) => ({
      ear,
      sinceDueSec: atSec,
      settled: dueSec + atSec >= settledSec,
      lagMs,
    })),
  );
  const all = relative ? ears.flatMap((ear) => aroundMedian(absolute.filter((reading) => reading.ear === ear))) : absolute;
  const holes = seam ? [0, ...ears].map((ear) => (1_000 * longestRun(recordings[ear].channelAsOf(ear, recording, dueSec - SEAM_SEC, dueSec + SEAM_SEC), HOLE_PEAK)) / RATE_HZ) : [];
  const sounded = silence && recordings[silence.ear].channelAsOf(silence.ear, recording, silence.fromSec, silence.toSec).some((sample) => Math.abs(sample) > SILENT_PEAK);
  return {
    stretch,
    readings: all,
    arrivedSec: ARRIVED_MS.map((limitMs) => slowest(ears.map((ear) => arrival(all.filter((reading) => reading.ear === ear), limitMs)))),
    ends: ears.map((ear) => ({ ear, ...end(all.filter((reading) => reading.ear === ear), stretch.saidMs, ear) })),
    holeMs: seam ? Math.max(...holes) : null,
    untrue: sounded ? 'somebody sounded who cannot have' : null,
  };
}

/**
 * @param {string} row
 * @param {Heard[]} heard
 * @returns {Figures}
 */
export function figures(row, heard) {
  const settled = heard.flatMap(({ readings }) => readings.filter((reading) => reading.settled));
  const lags = settled.flatMap(({ lagMs }) => (lagMs === null ? [] : [Math.abs(lagMs)])).sort((a, b) => a - b);
  const wear = heard.flatMap(({ stretch }) => stretch.wear ?? []);
  const seconds = wear.reduce((sum, one) => sum + one.seconds, 0);
  const holes = heard.flatMap(({ holeMs }) => (holeMs === null ? [] : [holeMs]));
  /** @type {Figures} */
  const all = {
    row,
    times: heard.length,
    windows: settled.length,
    lost: settled.length - lags.length,
    medianMs: quantile(lags, 0.5),
    leanMs: lean(settled),
    leansMs: [...new Set(heard.flatMap(({ stretch }) => stretch.ears))].sort().map((ear) => lean(settled.filter((reading) => reading.ear === ear))),
    ends: heard.map(({ ends }) => ends),
    driftMsPerMin: heard.some(({ stretch }) => stretch.relative) ? driftMsPerMin(settled) : null,
    p95Ms: quantile(lags, 0.95),
    p99Ms: quantile(lags, 0.99),
    maxMs: quantile(lags, 1),
    arrived: ARRIVED_MS.map((_, i) => {
      const times = heard.map(({ arrivedSec }) => arrivedSec[i] ?? Infinity).sort((a, b) => a - b);
      return { medianSec: finite(quantile(times, 0.5)), worstSec: finite(quantile(times, 1)) };
    }),
    rateWriteEverySec: wear.length === 0 ? null : seconds / wear.reduce((sum, { rateWrites }) => sum + rateWrites, 0),
    jumps: wear.length === 0 ? null : wear.reduce((sum, { jumps }) => sum + jumps, 0),
    jumpsPerMin: finite(Math.max(...wear.map(({ jumps, seconds }) => (jumps / seconds) * 60))),
    trafficKBPerMin: finite(Math.max(...wear.flatMap(({ trafficBytes, seconds }) => (trafficBytes === null ? [] : (trafficBytes / 1_024 / seconds) * 60)))),
    holeMs: holes.length === 0 ? null : Math.max(...holes),
    missed: null,
    broken: heard.flatMap(({ untrue }) => untrue ?? []),
  };
  const expected = expectationOf(row);
  return { ...all, missed: missed(all, expected.goal), broken: [...all.broken, ...broken(all, expected.promise)] };
}

/**
 * @param {Figures} all
 * @param {import('./promises.mjs').Goal} goal
 * @returns {string[] | null}
 */
function missed(all, goal) {
  if (Object.keys(goal).length === 0) return null;
  const { median, p95, max, near, soon, exact, writes, jumps } = {
    median: exceeds(all.medianMs, goal.medianMs),
    p95: exceeds(all.p95Ms, goal.p95Ms),
    max: exceeds(all.maxMs, goal.maxMs),
    near: exceeds(all.arrived[0].worstSec, goal.within15Sec),
    soon: exceeds(all.arrived[1].worstSec, goal.within5Sec),
    exact: exceeds(all.arrived[2].worstSec, goal.within2Sec),
    writes: goal.rateWriteEverySec !== undefined && (all.rateWriteEverySec ?? Infinity) < goal.rateWriteEverySec,
    jumps: (all.jumpsPerMin ?? 0) > (goal.jumpsPerMin ?? Infinity),
  };
  return [
    median ? `median ≤ ${goal.medianMs} ms` : '',
    p95 ? `p95 ≤ ${goal.p95Ms} ms` : '',
    max ? `max ≤ ${goal.maxMs} ms` : '',
    near ? `15 ms in ${goal.within15Sec} s` : '',
    soon ? `5 ms in ${goal.within5Sec} s` : '',
    exact ? `2 ms in ${goal.within2Sec} s` : '',
    writes ? `a rate write in ${goal.rateWriteEverySec} s` : '',
    jumps ? (goal.jumpsPerMin === 0 ? 'no jump' : `a jump in ${60 / Number(goal.jumpsPerMin)} s`) : '',
  ].filter(Boolean);
}

/**
 * @param {Figures} all
 * @param {import('./promises.mjs').Promised} promise
 */
function broken({ windows, lost, p95Ms }, promise) {
  if (windows === 0) return ['nothing was recorded'];
  return [
    exceeds(p95Ms, promise.p95Ms) ? `p95 above ${promise.p95Ms} ms` : '',
    lost > promise.lostShare * windows ? `${lost} of ${windows} windows lost` : '',
  ].filter(Boolean);
}

/**
 * What is not there never arrived, or was never heard, so it exceeds any limit.
 * @param {number | null} value
 * @param {number | undefined} limit
 */
function exceeds(value, limit) {
  return limit !== undefined && (value === null || value > limit);
}

/**
 * The first window from which on one listener stays within the limit for three seconds.
 * @param {Reading[]} ofOneEar in the order of time
 * @param {number} limitMs
 */
export function arrival(ofOneEar, limitMs) {
  const stay = STAYS_SEC / HOP_SEC;
  const near = ofOneEar.map(({ lagMs }) => lagMs !== null && Math.abs(lagMs) <= limitMs);
  const first = near.findIndex((_, i) => i + stay < near.length && near.slice(i, i + stay + 1).every(Boolean));
  return first < 0 ? null : ofOneEar[first].sinceDueSec;
}

/**
 * @param {Reading[]} ofOneEar
 * @param {(number | null)[]} saidMs
 * @param {number} ear
 */
function end(ofOneEar, saidMs, ear) {
  const lagMs = lean(ofOneEar.slice(-END_SEC / HOP_SEC));
  const [host, own] = [saidMs[0], saidMs[ear]];
  // Who says to be ahead has to sound earlier.
  return { lagMs, untoldMs: lagMs === null || host === null || own === null ? null : lagMs - (host - own) };
}

/** @param {Reading[]} readings */
function lean(readings) {
  return quantile(readings.flatMap(({ lagMs }) => lagMs ?? []).sort((a, b) => a - b), 0.5);
}

/** @param {(number | null)[]} arrivals */
function slowest(arrivals) {
  return finite(Math.max(...arrivals.map((sec) => sec ?? Infinity)));
}

/** Lags of which only the change means anything. @param {Reading[]} ofOneEar */
function aroundMedian(ofOneEar) {
  const median = quantile(ofOneEar.flatMap(({ settled, lagMs }) => (settled && lagMs !== null ? [lagMs] : [])).sort((a, b) => a - b), 0.5) ?? 0;
  return ofOneEar.map((reading) => ({ ...reading, lagMs: reading.lagMs === null ? null : reading.lagMs - median }));
}

/** @param {Reading[]} readings */
function driftMsPerMin(readings) {
  const found = readings.filter(({ lagMs }) => lagMs !== null);
  return found.length < 2 ? null : 60 * robustLine(found.map(({ sinceDueSec }) => sinceDueSec), found.map(({ lagMs }) => Number(lagMs))).slope;
}

/**
 * How many samples in a row are no louder than a peak.
 * @param {Int16Array} samples
 * @param {number} peak
 */
export function longestRun(samples, peak) {
  let longest = 0;
  let run = 0;
  for (const sample of samples) {
    run = Math.abs(sample) <= peak ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}

/**
 * Nearest rank.
 * @param {number[]} sorted ascending
 * @param {number} share
 */
function quantile(sorted, share) {
  return sorted.length === 0 ? null : sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

/** @param {number | null} value */
function finite(value) {
  return value === null || !Number.isFinite(value) ? null : value;
}
