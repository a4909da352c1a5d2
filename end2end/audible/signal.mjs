// Sound that a lag can be read from: broadband, never repeating, the same for the same seed. Pure samples, no files but
// through `writeWav`.

import { closeSync, openSync, writeSync } from 'node:fs';

export const RATE_HZ = 48_000;

/** Samples below full scale, so that no resampler clips. */
const PEAK = 0.8;

/** A bed of noise below it all, −60 dB, so that where the signal plays no run of samples is zero. */
const BED = 1e-3;

/**
 * A seeded source of numbers in [0, 1): mulberry32, enough for sound and the same on every machine.
 * @param {number} seed
 */
export function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Overlapping decaying bursts, each a gliding tone of 100 Hz to 4 kHz with a third of noise, at uneven distances: no
 * stretch of it is like another, and no window of a second is silent.
 * @param {number} seconds
 * @param {number} seed
 */
export function testSignal(seconds, seed) {
  const random = seededRandom(seed);
  /** @param {number} low @param {number} high */
  const between = (low, high) => low + (high - low) * random();
  const samples = new Float32Array(Math.round(seconds * RATE_HZ));
  for (let start = 0; start < samples.length; start += Math.floor(between(1_500, 12_000))) {
    const length = Math.min(Math.floor(between(2_000, 20_000)), samples.length - start);
    const pitchHz = between(100, 4_000);
    const glide = between(-0.3, 0.3);
    const decay = between(5, 40);
    const loudness = between(0.2, 1);
    for (let k = 0; k < length; k++) {
      const t = k / RATE_HZ;
      const tone = Math.sin(2 * Math.PI * pitchHz * (1 + glide * t) * t);
      samples[start + k] += loudness * Math.exp(-decay * t) * (tone + 0.6 * (random() - 0.5));
    }
  }
  return scaledToPeak(samples, PEAK).map((sample) => sample + 2 * BED * (random() - 0.5));
}

/**
 * Sixteen bit stereo, the same on both sides.
 * @param {string} path
 * @param {Float32Array} samples in [-1, 1]
 */
export function writeWav(path, samples) {
  const header = Buffer.alloc(44);
  const dataBytes = samples.length * 4;
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + dataBytes, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(2, 22);
  header.writeUInt32LE(RATE_HZ, 24);
  header.writeUInt32LE(RATE_HZ * 4, 28);
  header.writeUInt16LE(4, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(dataBytes, 40);
  const frames = new Int16Array(samples.length * 2);
  for (let i = 0; i < samples.length; i++) frames[2 * i] = frames[2 * i + 1] = Math.round(samples[i] * 32_767);
  const file = openSync(path, 'w');
  writeSync(file, header);
  writeSync(file, new Uint8Array(frames.buffer));
  closeSync(file);
}

/**
 * @param {Float32Array} samples
 * @param {number} peak
 */
function scaledToPeak(samples, peak) {
  let loudest = 0;
  for (const sample of samples) loudest = Math.max(loudest, Math.abs(sample));
  return samples.map((sample) => (sample * peak) / loudest);
}
