// Sound that a lag can be read from: broadband, never repeating, the same for the same seed. Pure samples, no files but
// through `writeWav`.

import { closeSync, openSync, writeSync } from 'node:fs';

export const RATE_HZ = 48_000;

/** Samples below full scale, so that no resampler clips. */
const PEAK = 0.8;

/** A low rumble: two poles above, so that a correlation has one broad top, and a floor, because cards keep no hum. */
const BAND_HZ = { low: 60, high: 250 };

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
 * Low noise: no stretch of it is like another, and nothing in it repeats from one cycle to the next as a tone does. While
 * a browser bends its rate, the lag changes within a window; a tone then matches as well a cycle off, and the bench would
 * read jumps that nobody made. Noise matches somewhere between the lags that there were.
 * @param {number} seconds
 * @param {number} seed
 */
export function testSignal(seconds, seed) {
  const random = seededRandom(seed);
  /** How far one pole goes towards its input in a sample. @param {number} cornerHz */
  const pull = (cornerHz) => 1 - Math.exp((-2 * Math.PI * cornerHz) / RATE_HZ);
  const [high, low] = [pull(BAND_HZ.high), pull(BAND_HZ.low)];
  const samples = new Float32Array(Math.round(seconds * RATE_HZ));
  for (let i = 0, once = 0, twice = 0, hum = 0; i < samples.length; i++) {
    once += high * (random() - 0.5 - once);
    twice += high * (once - twice);
    hum += low * (twice - hum);
    samples[i] = twice - hum;
  }
  return scaledToPeak(samples, PEAK);
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
