// What the devices play: a click twice a second, which is a short glide up or down, in a pattern by which any three of
// them tell where in four seconds they stand. Pure: used by the page, by its analysis and by their tests.

/** From click to click. s */
export const PERIOD_SEC = 0.5;

/**
 * Which clicks glide up (1) and which down (0): a de Bruijn sequence, so that every three in a row are there once. After
 * eight clicks it begins again, so two devices may be up to two seconds apart before they could be confused.
 */
export const PATTERN = [0, 0, 0, 1, 0, 1, 1, 1];

/** How long a click is. s */
export const CLICK_SEC = 0.04;
/** From where to where it glides: what the speaker of a cheap phone gives and the microphone of a laptop hears. Hz */
const LOW_HZ = 1_000;
const HIGH_HZ = 7_000;
/** The share of a click, at either end, in which it swells and fades. */
const TAPER = 0.25;

/** How loud a click is in the file. Room is left for what a resampler adds. */
const LOUDNESS = 0.6;

/** What is uploaded: the rate of most sound cards, and a whole number of patterns, so that it repeats without a seam. */
export const TRACK = { rateHz: 48_000, seconds: 240, filename: 'tutti-clicks.wav' };

/**
 * The shape of a click, as the complex wave whose real part is what sounds.
 * @param {number} kind 1 up, 0 down
 * @param {number} sec since it began
 * @returns {[number, number]}
 */
export function wave(kind, sec) {
  if (sec < 0 || sec >= CLICK_SEC) return [0, 0];
  const share = sec / CLICK_SEC;
  const edge = Math.min(share, 1 - share) / TAPER;
  const swell = edge < 1 ? 0.5 - 0.5 * Math.cos(Math.PI * edge) : 1;
  const glide = ((HIGH_HZ - LOW_HZ) / (2 * CLICK_SEC)) * sec * sec;
  const turns = kind ? LOW_HZ * sec + glide : HIGH_HZ * sec - glide;
  return [swell * Math.cos(2 * Math.PI * turns), swell * Math.sin(2 * Math.PI * turns)];
}

/**
 * The click track, from −1 to 1.
 * @param {number} rateHz
 * @param {number} seconds
 */
export function clickTrack(rateHz, seconds) {
  const samples = new Float32Array(Math.round(rateHz * seconds));
  const length = Math.ceil(CLICK_SEC * rateHz);
  for (let n = 0; n * PERIOD_SEC < seconds; n++) {
    const begin = n * PERIOD_SEC * rateHz;
    const first = Math.ceil(begin);
    for (let i = first; i < first + length && i < samples.length; i++) {
      samples[i] = LOUDNESS * wave(PATTERN[n % PATTERN.length], (i - begin) / rateHz)[0];
    }
  }
  return samples;
}

/**
 * A WAV file of one channel, 16 bits.
 * @param {Float32Array} samples
 * @param {number} rateHz
 */
export function wavFile(samples, rateHz) {
  const bytes = samples.length * 2;
  const file = new DataView(new ArrayBuffer(44 + bytes));
  const word = (/** @type {number} */ at, /** @type {string} */ text) => [...text].forEach((letter, i) => file.setUint8(at + i, letter.charCodeAt(0)));
  word(0, 'RIFF');
  file.setUint32(4, 36 + bytes, true);
  word(8, 'WAVEfmt ');
  file.setUint32(16, 16, true);
  file.setUint16(20, 1, true);
  file.setUint16(22, 1, true);
  file.setUint32(24, rateHz, true);
  file.setUint32(28, rateHz * 2, true);
  file.setUint16(32, 2, true);
  file.setUint16(34, 16, true);
  word(36, 'data');
  file.setUint32(40, bytes, true);
  samples.forEach((sample, i) => file.setInt16(44 + 2 * i, Math.round(32_767 * Math.max(-1, Math.min(1, sample))), true));
  return file.buffer;
}
