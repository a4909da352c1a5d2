// Finds the clicks in what a microphone heard while one device sounded: when each arrived, and where in the pattern it
// belongs. Pure: samples in, times out. Used by page.mjs for every turn, and by measuring.mjs.

import { CLICK_SEC, PATTERN, PERIOD_SEC, wave } from './clicks.mjs';
import { Spectrum } from './spectrum.mjs';

/** What the limits of hearing are, in one table. */
const LIMITS = {
  /** A click stands out of what else there is by this factor; noise alone does so once in 2^36 samples. */
  overNoise: 6,
  /** The straight way is shorter than its echoes, and may be weaker than the loudest: this share of it. */
  firstArrival: 0.5,
  /** And stands out of the noise itself by this factor. */
  firstOverNoise: 5,
  /** How far before its loudest echo the straight way is looked for. s */
  echoSec: 0.015,
  /** No two clicks are nearer to each other. s */
  apartSec: 0.2,
  /** How far a device may wander within a turn. s */
  wanderSec: 0.06,
  /** A glide is louder in its own direction than in the other, by this factor. */
  direction: 1.4,
  /** Fewest clicks of a turn, and the least share of those that were due. */
  fewest: PATTERN.length,
  share: 0.5,
  /** The pattern fits by this share of the clicks, and no other place in it fits by nearly as many. */
  fits: 0.8,
  lead: 0.2,
  /** Samples at the end of the scale, as a share of all, from which on a microphone is too loud. */
  clipped: 0.0002,
  endOfScale: 0.985,
  /** Another device is heard as a second click of this share of the first, at one distance beyond echoes. s */
  second: 0.4,
  secondFromSec: 0.005,
  secondWithinSec: 0.0005,
  secondShare: 0.6,
  /** In one recording of all turns: silence between two of them, at least. s */
  pauseSec: 2.5,
};

/**
 * @typedef {object} Click
 * @property {number} sec when it arrived
 * @property {number} slot where it belongs in the pattern, or a whole number of patterns later
 */
/**
 * @typedef {object} Heard
 * @property {'good' | 'quiet' | 'noisy' | 'unclear'} how `quiet`: nothing that could be clicks; `noisy`: too much beside them;
 *   `unclear`: clicks, but not our pattern
 * @property {Click[]} clicks in order; none unless good
 * @property {number} due how many there should be
 * @property {number} thrownAway what sounded like a click and was none, or out of place
 * @property {boolean} clips
 * @property {boolean} twoAtOnce a second device seems to sound
 * @property {number} peak of the samples, from 0 to 1
 */

/**
 * @param {Float32Array} samples of one turn, from −1 to 1
 * @param {number} rateHz
 * @param {number} [beginSec] when the first of them was
 * @returns {Heard}
 */
export function hear(samples, rateHz, beginSec = 0) {
  const due = Math.round(samples.length / rateHz / PERIOD_SEC);
  let peak = 0;
  let atTheEnd = 0;
  for (const sample of samples) {
    const size = Math.abs(sample);
    if (size > peak) peak = size;
    if (size >= LIMITS.endOfScale) atTheEnd++;
  }
  const level = { due, clips: atTheEnd > LIMITS.clipped * samples.length, peak };
  const found = peak > 0 ? candidates(samples, rateHz) : [];
  const nothing = { ...level, clicks: [], thrownAway: found.length, twoAtOnce: false };
  const least = Math.max(LIMITS.fewest, LIMITS.share * due);
  if (found.length < least) return { how: 'quiet', ...nothing };
  const regular = inStep(found);
  if (regular.length < least) return { how: 'noisy', ...nothing };
  const shift = placeInPattern(regular);
  if (shift === null) return { how: 'unclear', ...nothing };
  const right = regular.filter(({ slot, kind }) => kind === PATTERN[(slot + shift) % PATTERN.length]);
  return {
    how: 'good',
    ...level,
    due: Math.max(due, right.length),
    clicks: right.map(({ sec, slot }) => ({ sec: beginSec + sec, slot: slot + shift })),
    thrownAway: found.length - right.length,
    twoAtOnce: twoSound(right),
  };
}

/**
 * The turns of one recording: device 1, device 2, device 1, and so on, with a pause before each next.
 * @param {Float32Array} samples
 * @param {number} rateHz
 * @returns {import('./measuring.mjs').Turn[]}
 */
export function turnsOf(samples, rateHz) {
  /** @type {number[][]} */
  const groups = [];
  for (const { sec, kind } of candidates(samples, rateHz)) {
    if (kind === null) continue;
    const group = groups.at(-1);
    if (group && sec - group[group.length - 1] < LIMITS.pauseSec) group.push(sec);
    else groups.push([sec]);
  }
  // Fewer are what a hand does to a device.
  return groups.filter((group) => group.length >= LIMITS.fewest).map((group, turn) => {
    const from = Math.max(0, Math.round((group[0] - PERIOD_SEC / 4) * rateHz));
    const to = Math.round((group[group.length - 1] + 3 * PERIOD_SEC / 4) * rateHz);
    return { device: /** @type {0 | 1} */ (turn % 2), heard: hear(samples.subarray(from, to), rateHz, from / rateHz) };
  });
}

/** @typedef {{ sec: number, kind: number | null, second: number | null }} Candidate `second`: how much later another one is */

/**
 * What stands out, at the instant of its straight way.
 * @param {Float32Array} samples
 * @param {number} rateHz
 * @returns {Candidate[]}
 */
function candidates(samples, rateHz) {
  const loudness = envelopes(samples, rateHz);
  // Every sixteenth is as good, and neighbours say the same.
  const noise = loudness.map((all) => median(all.filter((_, i) => i % 16 === 0)));
  const threshold = LIMITS.overNoise * Math.max(...noise);
  const [down, up] = loudness;
  const apart = Math.round(LIMITS.apartSec * rateHz);
  const back = Math.round(LIMITS.echoSec * rateHz);
  const found = [];
  for (let from = 0; from < up.length; from += apart) {
    let top = from;
    for (let i = from; i < Math.min(from + apart, up.length); i++) {
      if (Math.max(up[i], down[i]) > Math.max(up[top], down[top])) top = i;
    }
    const height = Math.max(up[top], down[top]);
    if (height < threshold || !isTopOf(top - apart, top + apart, height)) continue;
    const kind = up[top] > down[top] ? 1 : 0;
    const own = loudness[kind];
    const enough = Math.max(LIMITS.firstArrival * height, LIMITS.firstOverNoise * noise[kind]);
    let first = top;
    for (let i = Math.max(1, top - back); i < top; i++) {
      if (own[i] >= enough && own[i] >= own[i - 1] && own[i] >= own[i + 1]) {
        first = i;
        break;
      }
    }
    const isClear = height > LIMITS.direction * loudness[1 - kind][top];
    found.push({ sec: vertex(own, first) / rateHz, kind: isClear ? kind : null, second: secondAfter(top, height) });
  }
  return found;

  /** @param {number} from @param {number} to @param {number} height */
  function isTopOf(from, to, height) {
    for (let i = Math.max(0, from); i < Math.min(to, up.length); i++) if (up[i] > height || down[i] > height) return false;
    return true;
  }

  /** How far from the top the next highest one is, before or after. @param {number} top @param {number} height */
  function secondAfter(top, height) {
    let at = null;
    let most = LIMITS.second * height;
    for (let i = Math.max(0, top - apart); i < Math.min(up.length, top + apart); i++) {
      const other = Math.max(up[i], down[i]);
      if (Math.abs(i - top) >= LIMITS.secondFromSec * rateHz && other > most) {
        most = other;
        at = (i - top) / rateHz;
      }
    }
    return at;
  }
}

/**
 * How much of a click that goes down, and of one that goes up, begins at every sample: the size of the complex
 * correlation, to which it is all the same by how much a speaker turns the phase, or whether it is wired the wrong way.
 * @param {Float32Array} samples
 * @param {number} rateHz
 * @returns {Float32Array[]}
 */
function envelopes(samples, rateHz) {
  const length = Math.ceil(CLICK_SEC * rateHz);
  const spectrum = new Spectrum(1 << 15);
  const { size } = spectrum;
  const shapes = [0, 1].map((kind) => {
    const re = new Float64Array(size);
    const im = new Float64Array(size);
    for (let i = 0; i < length; i++) [re[i], im[i]] = wave(kind, i / rateHz);
    spectrum.forward(re, im);
    return { re, im };
  });
  const count = Math.max(0, samples.length - length);
  const out = shapes.map(() => new Float32Array(count));
  const step = size - length;
  const re = new Float64Array(size);
  const im = new Float64Array(size);
  const x = new Float64Array(size);
  const y = new Float64Array(size);
  for (let from = 0; from < count; from += step) {
    const block = samples.subarray(from, from + size);
    re.fill(0);
    re.set(block);
    im.fill(0);
    spectrum.forward(re, im);
    shapes.forEach((shape, kind) => {
      for (let i = 0; i < size; i++) {
        x[i] = re[i] * shape.re[i] + im[i] * shape.im[i];
        y[i] = im[i] * shape.re[i] - re[i] * shape.im[i];
      }
      spectrum.inverse(x, y);
      const here = Math.min(step, count - from);
      for (let i = 0; i < here; i++) out[kind][from + i] = Math.hypot(x[i], y[i]);
    });
  }
  return out;
}

/**
 * Where between samples the top of a hill is: that of the parabola through three points of its logarithm.
 * @param {Float32Array} hill
 * @param {number} at
 */
function vertex(hill, at) {
  if (at < 1 || at + 1 >= hill.length) return at;
  const [a, b, c] = [hill[at - 1], hill[at], hill[at + 1]].map((height) => Math.log(Math.max(height, 1e-30)));
  const bend = a - 2 * b + c;
  return bend < 0 ? at + Math.max(-0.5, Math.min(0.5, (0.5 * (a - c)) / bend)) : at;
}

/**
 * Those that come at the beat of most others, each with the number of its beat.
 * @param {Candidate[]} found
 */
function inStep(found) {
  const off = (/** @type {number} */ sec, /** @type {number} */ beat) => (sec - beat) / PERIOD_SEC - Math.round((sec - beat) / PERIOD_SEC);
  const within = (/** @type {number} */ beat) => found.filter(({ sec }) => Math.abs(off(sec, beat)) * PERIOD_SEC < LIMITS.wanderSec);
  let best = 0;
  let most = -1;
  for (const { sec } of found) {
    // Of beats with as many in step, the one in their middle.
    const near = within(sec);
    const score = near.length - near.reduce((sum, other) => sum + Math.abs(off(other.sec, sec)), 0);
    if (score > most) [best, most] = [sec, score];
  }
  const origin = best - Math.ceil(best / (PERIOD_SEC * PATTERN.length)) * PERIOD_SEC * PATTERN.length;
  return within(best).map(({ sec, kind, second }) => ({ sec, kind, second, slot: Math.round((sec - origin) / PERIOD_SEC) }));
}

/**
 * By how many beats the pattern is shifted; null when no place in it is clearly the right one.
 * @param {{ slot: number, kind: number | null }[]} regular
 */
function placeInPattern(regular) {
  const told = regular.filter(({ kind }) => kind !== null);
  const scores = PATTERN.map((_, shift) => told.filter(({ slot, kind }) => kind === PATTERN[(slot + shift) % PATTERN.length]).length);
  const best = Math.max(...scores);
  const shift = scores.indexOf(best);
  const next = Math.max(...scores.filter((_, other) => other !== shift));
  const isRight = told.length >= LIMITS.fewest && best >= LIMITS.fits * regular.length && best - next >= LIMITS.lead * regular.length;
  return isRight ? shift : null;
}

/**
 * Whether most clicks have a second one at the same distance.
 * @param {{ second: number | null }[]} right
 */
function twoSound(right) {
  const distances = right.flatMap(({ second }) => (second === null ? [] : [second]));
  const middle = median(distances);
  const near = distances.filter((distance) => Math.abs(distance - middle) < LIMITS.secondWithinSec);
  return near.length >= LIMITS.secondShare * right.length;
}

/** @param {ArrayLike<number>} values */
export function median(values) {
  if (values.length === 0) return 0;
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}
