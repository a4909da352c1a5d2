// How far apart two channels of one recording are: one-second windows every quarter of a second, cross-correlated by
// FFT, read to a fraction of a sample. Pure arithmetic; the recording comes from record.mjs, the verdict is bench.mjs's.

import FFT from 'fft.js';

/** The length of a window. Long enough for a clear peak, short enough to see a correction happen. */
export const WINDOW_SEC = 1;
/** From one window to the next. */
export const HOP_SEC = 0.25;
/** Lags beyond this are not searched for. */
const SEARCH_MS = 1_500;
/** Most lags are here; looking here first is three times cheaper, and what is here is believed sooner. */
const NEAR_MS = 150;
/**
 * A near peak as high as this leaves no room for a better one elsewhere, and a far one has to be as high: music is like
 * itself a bar later, and while a browser bends its rate the true peak is low.
 */
const UNMISTAKABLE = 0.9;
/** A window with a peak below this says nothing: different sounds, or a jump inside the window. */
const CLEAR = 0.3;
/** Below this, in 16-bit steps (RMS), a channel is silent: −60 dB. */
const SILENT_RMS = 30;
/** A window of which one channel misses a part altogether tells of a start or a stop, not of a lag. */
const PARTS = 4;

/**
 * @typedef {object} Window
 * @property {number} atSec where it begins in the channels
 * @property {number | null} lagMs how much later the second channel sounds; null: lost, no lag can be told
 * @property {number} clarity height of the peak, 1 for identical sound, 0 when there is none
 */

/**
 * The lag of `late` behind `early`, window by window.
 * @param {Int16Array} early
 * @param {Int16Array} late of the same length and the same instants
 * @param {number} rateHz
 * @returns {Window[]}
 */
export function lagWindows(early, late, rateHz) {
  const length = Math.round(WINDOW_SEC * rateHz);
  const hop = Math.round(HOP_SEC * rateHz);
  const windows = [];
  for (let start = 0; start + length <= Math.min(early.length, late.length); start += hop) {
    const { lagMs, clarity } = lagAt(early, late, start, length, rateHz);
    windows.push({ atSec: start / rateHz, lagMs, clarity });
  }
  return windows;
}

/**
 * @param {Int16Array} early
 * @param {Int16Array} late
 * @param {number} start
 * @param {number} length
 * @param {number} rateHz
 */
function lagAt(early, late, start, length, rateHz) {
  const silence = { lagMs: null, clarity: 0 };
  if (rms(early, start, length) < SILENT_RMS || rms(late, start, length) < SILENT_RMS) return silence;
  const part = Math.floor(length / PARTS);
  for (let from = start; from + part <= start + length; from += part) {
    if (mute(early, from, part) !== mute(late, from, part)) return silence;
  }
  const search = (/** @type {number} */ ms) => peak(early, late, start, length, Math.round((ms * rateHz) / 1_000));
  let best = search(NEAR_MS);
  if (best.clarity < UNMISTAKABLE) {
    const far = search(SEARCH_MS);
    if (far.clarity >= UNMISTAKABLE) best = far;
  }
  return { lagMs: best.clarity < CLEAR ? null : (best.lag * 1_000) / rateHz, clarity: best.clarity };
}

/**
 * Slides the window of `early` over `late`, up to `reach` samples to either side. The match is normalised by the energy
 * of both, so that a loud passage beside the window does not pass for a likeness.
 * @param {Int16Array} early
 * @param {Int16Array} late
 * @param {number} start
 * @param {number} length
 * @param {number} reach
 */
function peak(early, late, start, length, reach) {
  const size = powerOfTwoFrom(length + 2 * reach + length);
  const fft = fftOf(size);
  const pattern = spectrum(fft, early, start, length);
  const field = spectrum(fft, late, start - reach, length + 2 * reach);
  for (let i = 0; i < pattern.length; i += 2) {
    const re = field[i] * pattern[i] + field[i + 1] * pattern[i + 1];
    const im = field[i + 1] * pattern[i] - field[i] * pattern[i + 1];
    field[i] = re;
    field[i + 1] = im;
  }
  const product = fft.createComplexArray();
  fft.inverseTransform(product, field);
  /** The correlation at a shift of the window by `k - reach` samples. @param {number} k */
  const correlation = (k) => product[2 * k];

  const patternEnergy = energy(early, start, length);
  let fieldEnergy = energy(late, start - reach, length);
  let best = { k: 0, clarity: 0 };
  for (let k = 0; k <= 2 * reach; k++) {
    // A shift to where the other channel is all but silent would divide by nothing.
    const scale = Math.sqrt(patternEnergy * Math.max(fieldEnergy, SILENT_RMS ** 2 * length));
    const clarity = correlation(k) / scale;
    if (clarity > best.clarity) best = { k, clarity };
    fieldEnergy += square(late, start - reach + k + length) - square(late, start - reach + k);
  }
  const { k, clarity } = best;
  if (k === 0 || k === 2 * reach) return { lag: k - reach, clarity: 0 };
  return { lag: k - reach + vertex(correlation(k - 1), correlation(k), correlation(k + 1)), clarity };
}

/**
 * Where, in samples from the middle one, the parabola through three neighbours has its top.
 * @param {number} before
 * @param {number} at
 * @param {number} after
 */
function vertex(before, at, after) {
  const bend = before - 2 * at + after;
  return bend === 0 ? 0 : (0.5 * (before - after)) / bend;
}

/**
 * @param {FFT} fft
 * @param {Int16Array} samples
 * @param {number} start
 * @param {number} length
 * @returns {number[]}
 */
function spectrum(fft, samples, start, length) {
  const input = new Array(fft.size).fill(0);
  const from = Math.max(0, start);
  const to = Math.min(samples.length, start + length);
  for (let i = from; i < to; i++) input[i - start] = samples[i];
  const output = fft.createComplexArray();
  fft.realTransform(output, input);
  fft.completeSpectrum(output);
  return output;
}

/** @type {Map<number, FFT>} the tables of a size are worth keeping */
const ffts = new Map();

/** @param {number} size */
function fftOf(size) {
  const fft = ffts.get(size) ?? new FFT(size);
  ffts.set(size, fft);
  return fft;
}

/** @param {number} least */
function powerOfTwoFrom(least) {
  return 2 ** Math.ceil(Math.log2(least));
}

/** @param {Int16Array} samples @param {number} index outside: silence */
function square(samples, index) {
  const sample = samples[index] ?? 0;
  return sample * sample;
}

/** @param {Int16Array} samples @param {number} start @param {number} length */
function energy(samples, start, length) {
  let sum = 0;
  for (let i = start; i < start + length; i++) sum += square(samples, i);
  return sum;
}

/** @param {Int16Array} samples @param {number} start @param {number} length */
function mute(samples, start, length) {
  return samples.subarray(start, start + length).every((sample) => sample === 0);
}

/** @param {Int16Array} samples @param {number} start @param {number} length */
function rms(samples, start, length) {
  return Math.sqrt(energy(samples, start, length) / length);
}
