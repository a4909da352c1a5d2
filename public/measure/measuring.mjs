// How far two devices are apart, from what was heard of them in turns. Pure: turns in, a finding out. Used by page.mjs.
//
// Every click is late by one line: t = a + b·n + offset·[it is device 2]. b is the period as the microphone's clock
// counts it, so that clock's drift is taken out; a is when the first click would have been heard from device 1.

import { PATTERN, PERIOD_SEC } from './clicks.mjs';
import { median } from './hearing.mjs';

const LIMITS = {
  /** Turns of each device. */
  turns: 2,
  /** A click so many times the usual scatter off the line does not count, but never one that is nearer than this. s */
  outlier: 4,
  outlierFloorSec: 0.0005,
  /** More thrown away than this share: the finding says so. */
  thrownAway: 0.3,
  /** Turns of one device that differ by more have something wrong with them, such as two in the wrong order. s */
  turnsDifferSec: 0.003,
  /** Farther apart than this the room's settings cannot bring them together. s */
  settableSec: 0.5,
  /** No two clocks differ by more. ppm */
  driftPpm: 500,
  /**
   * The clock within turns is the clock between them, or something is missing between two turns: to so many standard
   * errors, and never nearer than this. The least that browsers lose, 128 samples, makes 54 ppm of six turns. ppm
   */
  gapSigmas: 5,
  gapPpm: 40,
  /** How exactly two devices can be put equally far away: 3 cm. s */
  placeSec: 0.0001,
};

/** From the MAD of normally distributed values to their standard deviation. */
const SIGMA_OF_MAD = 1.4826;

/** @typedef {{ device: 0 | 1, heard: import('./hearing.mjs').Heard }} Turn */
/**
 * @typedef {'quiet' | 'noisy' | 'unclear' | 'turns' | 'gaps'} Refusal `turns`: too few good ones of a device, or too few that
 *   agree; `gaps`: the recording is not whole
 */
/** @typedef {'clips' | 'two-at-once' | 'scattered' | 'unsteady' | 'clock' | 'too-far'} Warning */
/** @typedef {{ used: number, thrownAway: number, madMs: number, p95Ms: number }} OfDevice */
/**
 * @typedef {object} Finding
 * @property {number} offsetMs how much later device 2 sounds than device 1
 * @property {number} errorMs its standard error, by what clicks scatter, what turns differ and how exactly devices are placed
 * @property {number} driftPpm how much faster the microphone's clock runs than the clicks
 * @property {[OfDevice, OfDevice]} devices
 * @property {Warning[]} warnings
 */

/**
 * @param {Turn[]} turns in the order in which they were heard, on one clock
 * @returns {{ finding: Finding } | { refused: Refusal, device: 0 | 1 }}
 */
export function measure(turns) {
  const good = turns.filter(({ heard }) => heard.how === 'good');
  for (const device of /** @type {const} */ ([0, 1])) {
    if (good.filter((turn) => turn.device === device).length >= LIMITS.turns) continue;
    const bad = turns.findLast((turn) => turn.device === device && turn.heard.how !== 'good');
    return { refused: bad && bad.heard.how !== 'good' ? bad.heard.how : 'turns', device };
  }
  const clicks = numbered(good);
  const line = fitRobustly(clicks);
  for (const device of /** @type {const} */ ([0, 1])) {
    if (line.kept.filter((click) => click.device === device).length < PATTERN.length) return { refused: 'turns', device };
  }
  const fitted = ordinary(line.kept);
  const [, period, offset] = fitted.values;

  const between = ofTurns(clicks, fitted.values);
  if (hasGaps(line.kept, period, between.periodErrorSec)) return { refused: 'gaps', device: 0 };
  const errorSec = Math.hypot(Math.max(Math.sqrt(fitted.variance * fitted.spread[2]), between.errorSec), LIMITS.placeSec);
  const devices = /** @type {[OfDevice, OfDevice]} */ ([0, 1].map((device) => {
    const off = line.kept.filter((click) => click.device === device).map((click) => Math.abs(late(click, fitted.values)) * 1e3).sort((a, b) => a - b);
    const all = clicks.filter((click) => click.device === device).length;
    const unheard = good.filter((turn) => turn.device === device).reduce((sum, { heard }) => sum + heard.thrownAway, 0);
    return { used: off.length, thrownAway: all - off.length + unheard, madMs: median(off), p95Ms: off[Math.min(off.length - 1, Math.floor(0.95 * off.length))] };
  }));
  const driftPpm = (period / PERIOD_SEC - 1) * 1e6;

  /** @type {Warning[]} */
  const warnings = [];
  if (good.some(({ heard }) => heard.clips)) warnings.push('clips');
  if (good.some(({ heard }) => heard.twoAtOnce)) warnings.push('two-at-once');
  if (devices.some(({ used, thrownAway }) => thrownAway > LIMITS.thrownAway * (used + thrownAway))) warnings.push('scattered');
  if (between.differSec > LIMITS.turnsDifferSec) warnings.push('unsteady');
  if (Math.abs(driftPpm) > LIMITS.driftPpm) warnings.push('clock');
  if (Math.abs(offset) > LIMITS.settableSec) warnings.push('too-far');
  return { finding: { offsetMs: offset * 1e3, errorMs: errorSec * 1e3, driftPpm, devices, warnings } };
}

/**
 * What to do to device 2: the room's setting of a device says how much earlier it plays, so one that sounds late has to
 * play earlier by as much.
 * @param {number} offsetMs how much later device 2 sounds
 * @returns {{ way: 'earlier' | 'later' | 'nothing', ms: number }}
 */
export function advice(offsetMs) {
  const ms = Math.round(Math.abs(offsetMs));
  return { way: ms === 0 ? 'nothing' : offsetMs > 0 ? 'earlier' : 'later', ms };
}

/** @typedef {{ turn: number, device: 0 | 1, n: number, sec: number }} Numbered */

/**
 * Clicks with their numbers on one count through all turns: each turn knows its place in the pattern, the clock which
 * pattern it was.
 * @param {Turn[]} good
 * @returns {Numbered[]}
 */
function numbered(good) {
  const first = good[0].heard.clicks[0];
  const zeroSec = first.sec - (first.slot % PATTERN.length) * PERIOD_SEC;
  return good.flatMap(({ device, heard }, turn) => {
    // One whole number of patterns for a turn, so that a click at its edge cannot be counted into another one.
    const off = heard.clicks.map(({ sec, slot }) => (sec - zeroSec) / PERIOD_SEC - slot);
    const shift = Math.round(median(off) / PATTERN.length) * PATTERN.length;
    return heard.clicks.map(({ sec, slot }) => ({ turn, device, n: slot + shift, sec: sec - zeroSec }));
  });
}

/** @param {Numbered} click @param {number[]} values */
const late = ({ n, sec, device }, [a, b, offset]) => sec - (a + b * n + offset * device);

/**
 * The line that most clicks are on (Huber's weights, iterated), and the clicks that are near it.
 * @param {Numbered[]} clicks
 */
function fitRobustly(clicks) {
  let weights = clicks.map(() => 1);
  let values = [0, PERIOD_SEC, 0];
  let sigma = 0;
  for (let round = 0; round < 30; round++) {
    ({ values } = ordinary(clicks, weights));
    const off = clicks.map((click) => Math.abs(late(click, values)));
    sigma = SIGMA_OF_MAD * median(off);
    const bend = Math.max(1.345 * sigma, 1e-6);
    weights = off.map((by) => (by <= bend ? 1 : bend / by));
  }
  const limit = Math.max(LIMITS.outlier * sigma, LIMITS.outlierFloorSec);
  return { kept: clicks.filter((click) => Math.abs(late(click, values)) <= limit) };
}

/**
 * Weighted least squares of the three values.
 * @param {Numbered[]} clicks
 * @param {number[]} [weights]
 * @returns {{ values: number[], variance: number, spread: number[] }} with the variance of one click, and that of each
 *   value in units of it
 */
function ordinary(clicks, weights = clicks.map(() => 1)) {
  // Counted from the middle, the sums keep their digits.
  const middle = clicks.reduce((sum, { n }) => sum + n, 0) / clicks.length;
  const matrix = [0, 1, 2].map(() => [0, 0, 0, 0]);
  clicks.forEach(({ n, sec, device }, i) => {
    const row = [1, n - middle, device];
    for (let r = 0; r < 3; r++) {
      for (let c = 0; c < 3; c++) matrix[r][c] += weights[i] * row[r] * row[c];
      matrix[r][3] += weights[i] * row[r] * (sec - PERIOD_SEC * n);
    }
  });
  const inverse = invert(matrix.map((row) => row.slice(0, 3)));
  const [a, b, offset] = inverse.map((row) => row.reduce((sum, value, c) => sum + value * matrix[c][3], 0));
  const values = [a - b * middle, PERIOD_SEC + b, offset];
  const squares = clicks.reduce((sum, click, i) => sum + weights[i] * late(click, values) ** 2, 0);
  return { values, variance: squares / Math.max(1, clicks.length - 3), spread: inverse.map((row, i) => row[i]) };
}

/**
 * What the turns say, each as one point: clicks of one turn are off together, so many of them make the finding no surer
 * than the turns are. All clicks count here, so that a turn that does not fit is not thrown away unseen.
 * @param {Numbered[]} clicks
 * @param {number[]} values
 */
function ofTurns(clicks, values) {
  const [a, b, offset] = values;
  const points = [...new Set(clicks.map(({ turn }) => turn))].map((turn) => {
    const own = clicks.filter((click) => click.turn === turn);
    const off = median(own.map((click) => late(click, values)));
    const n = own.reduce((sum, click) => sum + click.n, 0) / own.length;
    return { turn, device: own[0].device, n, sec: a + b * n + offset * own[0].device + off, off };
  });
  const { variance, spread } = ordinary(points);
  const differ = [0, 1].map((device) => points.filter((point) => point.device === device).map(({ off }) => off));
  return {
    errorSec: Math.sqrt(variance * spread[2]),
    periodErrorSec: Math.sqrt(variance * spread[1]),
    differSec: Math.max(...differ.map((off) => Math.max(...off) - Math.min(...off))),
  };
}

/**
 * Whether the clicks within turns follow one another faster or slower than through all of them. A browser that loses a
 * buffer of the microphone's between two turns moves all that follows, and the line leans after it: with four turns that
 * looks like a clock that drifts, and like an offset.
 * @param {Numbered[]} kept
 * @param {number} period through all turns
 * @param {number} periodErrorSec how surely, by how the turns differ
 */
function hasGaps(kept, period, periodErrorSec) {
  /** @type {number[]} */
  const off = [];
  let weights = 0;
  const periods = [...new Set(kept.map(({ turn }) => turn))].flatMap((turn) => {
    const own = kept.filter((click) => click.turn === turn);
    const [n, sec] = /** @type {const} */ (['n', 'sec']).map((of) => own.reduce((sum, click) => sum + click[of], 0) / own.length);
    const weight = own.reduce((sum, click) => sum + (click.n - n) ** 2, 0);
    if (weight === 0) return [];
    const slope = own.reduce((sum, click) => sum + (click.n - n) * (click.sec - sec), 0) / weight;
    off.push(...own.map((click) => Math.abs(click.sec - sec - slope * (click.n - n))));
    weights += weight;
    return [slope];
  });
  const within = median(periods);
  // By how the turns differ, and by how the clicks scatter: a few turns may agree by chance.
  const bySlopes = (SIGMA_OF_MAD * median(periods.map((one) => Math.abs(one - within)))) / Math.sqrt(periods.length);
  const byScatter = (SIGMA_OF_MAD * median(off)) / Math.sqrt(weights);
  const sigma = Math.hypot(Math.max(bySlopes, byScatter), periodErrorSec);
  const limit = Math.max(LIMITS.gapSigmas * sigma, LIMITS.gapPpm * 1e-6 * PERIOD_SEC);
  return Math.abs(period - within) > limit;
}

/**
 * By Gauss and Jordan.
 * @param {number[][]} matrix
 */
function invert(matrix) {
  const size = matrix.length;
  const rows = matrix.map((row, r) => [...row, ...row.map((_, c) => (r === c ? 1 : 0))]);
  for (let at = 0; at < size; at++) {
    let pivot = at;
    for (let r = at + 1; r < size; r++) if (Math.abs(rows[r][at]) > Math.abs(rows[pivot][at])) pivot = r;
    [rows[at], rows[pivot]] = [rows[pivot], rows[at]];
    const by = rows[at][at];
    rows[at] = rows[at].map((value) => value / by);
    for (let r = 0; r < size; r++) {
      if (r === at) continue;
      const factor = rows[r][at];
      rows[r] = rows[r].map((value, c) => value - factor * rows[at][c]);
    }
  }
  return rows.map((row) => row.slice(size));
}
