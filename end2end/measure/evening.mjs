// An evening that did not happen: what a microphone would have heard of two devices that play the clicks in turns, in a
// room with echoes, by a clock that is not theirs. For tests of the page /measure and of what it computes.

import { CLICK_SEC, PATTERN, PERIOD_SEC, wave } from '../../public/measure/clicks.mjs';
import { seededRandom } from '../audible/signal.mjs';

/** What responses are drawn on: finer than any sample. Hz */
const FINE_HZ = 768_000;

/**
 * @typedef {object} Evening
 * @property {number} [rateHz] of the microphone
 * @property {number} [offsetMs] how much later device 2 sounds
 * @property {number} [ppm] how fast the microphone's clock runs
 * @property {number} [noise] its standard deviation; a click is 0.3 high
 * @property {number} [echoes] all of them together, as a share of the straight sound
 * @property {number} [lostShare] clicks that are not heard
 * @property {number[]} [order] who sounds in which turn
 * @property {number} [turnSec]
 * @property {number} [gapSec] between turns, with nobody
 * @property {number} [wiring] of device 2, -1 when it is wired the wrong way
 * @property {number} [wanderMs] how much a click is off by itself, 1 σ
 * @property {number} [loudness] of a click
 * @property {number} [leak] how much of the other device is heard
 * @property {number} [bounce] how loud device 2's straight sound comes once more 3 ms later, off a table
 * @property {number[]} [pattern] of the clicks
 * @property {number} [seed]
 */

/**
 * The recording, and where in it whose turn is, in seconds of its own clock.
 * @param {Evening} evening
 */
export function record(evening) {
  const { rateHz = 48_000, offsetMs = 0, ppm = 0, noise = 0.003, echoes = 0.7, lostShare = 0, order = [0, 1, 0, 1], turnSec = 8 } = evening;
  const { gapSec = 2, wiring = 1, wanderMs = 0.02, loudness = 0.3, leak = 0, bounce = 0, pattern = PATTERN, seed = 7 } = evening;
  const random = seededRandom(seed);
  const fast = 1 + ppm / 1e6;
  const total = order.length * (turnSec + gapSec) + 1;
  const samples = new Float32Array(Math.round(total * rateHz));
  for (let i = 0; i < samples.length; i++) samples[i] = noise * normal(random);
  const room = [0, bounce].map((once) => response(random, echoes, once));
  const turns = order.map((device, turn) => ({ device: /** @type {0 | 1} */ (device), fromSec: 0.5 + turn * (turnSec + gapSec), forSec: turnSec }));
  /** When the room's timeline had its first click, before anybody listened. s */
  const startSec = -1.2345;
  for (const { device, fromSec, forSec } of turns) {
    for (const who of leak ? [device, 1 - device] : [device]) {
      for (let n = 0; n < total / PERIOD_SEC + 10; n++) {
        const sec = (startSec + n * PERIOD_SEC + (who * offsetMs + wanderMs * normal(random)) / 1e3) * fast;
        if (sec < fromSec - 0.3 || sec > fromSec + forSec || random() < lostShare) continue;
        const gain = loudness * (who ? wiring : 1) * (who === device ? 1 : leak);
        add(samples, rateHz, room[who][pattern[n % pattern.length]], sec, gain, fast);
      }
    }
  }
  return { samples, rateHz, turns };
}

/**
 * What one click of each kind becomes in the room: the straight sound, and echoes that die away.
 * @param {() => number} random
 * @param {number} echoes
 * @param {number} bounce
 */
function response(random, echoes, bounce) {
  const taps = [{ at: 0, gain: 1 }];
  let energy = 0;
  for (let i = 0; i < 200; i++) {
    const sec = 0.0012 + 0.25 * random() ** 2;
    const gain = (random() < 0.5 ? -1 : 1) * Math.exp((-6.9 * sec) / 0.4);
    energy += gain * gain;
    taps.push({ at: Math.round(sec * FINE_HZ), gain });
  }
  const scale = echoes / Math.sqrt(energy);
  const length = Math.round(CLICK_SEC * FINE_HZ);
  return [0, 1].map((kind) => {
    const click = Float32Array.from({ length }, (_, i) => wave(kind, i / FINE_HZ)[0]);
    const out = new Float32Array(length + Math.round(0.26 * FINE_HZ));
    const all = [...taps.map(({ at, gain }, i) => ({ at, by: i ? gain * scale : gain })), { at: Math.round(0.003 * FINE_HZ), by: bounce }];
    all.forEach(({ at, by }) => {
      for (let j = 0; j < length; j++) out[at + j] += by * click[j];
    });
    return out;
  });
}

/**
 * @param {Float32Array} samples
 * @param {number} rateHz
 * @param {Float32Array} sound
 * @param {number} sec
 * @param {number} gain
 * @param {number} fast
 */
function add(samples, rateHz, sound, sec, gain, fast) {
  for (let i = Math.max(0, Math.ceil(sec * rateHz)); i < samples.length; i++) {
    const at = Math.round(((i / rateHz - sec) / fast) * FINE_HZ);
    if (at >= sound.length) break;
    samples[i] += gain * sound[at];
  }
}

/** By Box and Muller. @param {() => number} random */
function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
