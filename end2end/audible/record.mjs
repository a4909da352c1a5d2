// Records all channels of the sound card at once, from before the browsers start to after they end. A null sink that
// nobody listens to runs with two seconds of latency, which would delay the first sound; an open recorder keeps it short.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, createWriteStream, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { robustLine } from './fit.mjs';
import { CHANNELS } from './pulse.mjs';
import { RATE_HZ } from './signal.mjs';

const LATENCY_MS = 20;
const FRAME_BYTES = 2 * CHANNELS.length;
const START_LIMIT_MS = 10_000;
/** A recorder's first seconds come in bursts; they say little about the card's clock. */
const UNSTEADY_MS = 3_000;

/** A recording that goes on. Make one with {@link startRecording}. */
export class Recording {
  #scratch = mkdtempSync(join(tmpdir(), 'tutti-recording-'));
  #path = join(this.#scratch, 'all-channels.raw');
  #file = createWriteStream(this.#path);
  #recorder;
  #bytes = 0;
  /** @type {{ atMs: number, frames: number }[]} how much was recorded when, by the clock of this machine */
  #stamps = [];
  #exitHook = () => this.#recorder.kill('SIGKILL');

  /** @param {import('./pulse.mjs').Pulse} pulse */
  constructor(pulse) {
    const format = ['--format=s16le', `--rate=${RATE_HZ}`, `--channels=${CHANNELS.length}`, `--channel-map=${CHANNELS.join(',')}`];
    this.#recorder = spawn('parec', ['-d', 'bus.monitor', ...format, `--latency-msec=${LATENCY_MS}`], {
      env: { ...process.env, ...pulse.env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#recorder.stdout.on('data', (chunk) => {
      this.#bytes += chunk.length;
      this.#stamps.push({ atMs: performance.now(), frames: this.#bytes / FRAME_BYTES });
      this.#file.write(chunk);
    });
    process.once('exit', this.#exitHook);
  }

  async ready() {
    await once(this.#recorder.stdout, 'data', { signal: AbortSignal.timeout(START_LIMIT_MS) });
  }

  /** Now, as seconds in the recording; true to about {@link LATENCY_MS}. */
  get nowSec() {
    return this.#bytes / FRAME_BYTES / RATE_HZ;
  }

  /**
   * The card's clock against this machine's: frames recorded by an instant of `performance.now()`, over the whole run.
   * How long a frame was on its way is unknown, so the line's height is good to {@link LATENCY_MS} at best, its slope to
   * a few ppm after minutes.
   */
  clock() {
    const steady = this.#stamps.filter(({ atMs }) => atMs > this.#stamps[0].atMs + UNSTEADY_MS);
    return robustLine(steady.map(({ atMs }) => atMs), steady.map(({ frames }) => frames));
  }

  /**
   * A channel of this card at the instants of another card's recording, so that the two can be compared: read between
   * the samples where the clocks of the cards have run apart.
   * @param {number} ear
   * @param {Recording} other
   * @param {number} fromSec in the other recording
   * @param {number} toSec
   */
  channelAsOf(ear, other, fromSec, toSec) {
    if (other === this) return this.channel(ear, fromSec, toSec);
    const [theirs, ours] = [other.clock(), this.clock()];
    const frameHere = (/** @type {number} */ frameThere) => ours.at(theirs.inverse(frameThere));
    const first = frameHere(fromSec * RATE_HZ);
    const perFrame = ours.slope / theirs.slope;
    const raw = this.channel(ear, Math.max(0, first / RATE_HZ - 1), frameHere(toSec * RATE_HZ) / RATE_HZ + 1);
    const rawFrom = Math.round(Math.max(0, first / RATE_HZ - 1) * RATE_HZ);
    return Int16Array.from({ length: Math.round((toSec - fromSec) * RATE_HZ) }, (_, i) => between(raw, first + i * perFrame - rawFrom));
  }

  /**
   * One channel, between two instants of the recording. Asked after {@link finish}.
   * @param {number} ear
   * @param {number} fromSec
   * @param {number} toSec
   */
  channel(ear, fromSec, toSec) {
    const firstFrame = Math.round(fromSec * RATE_HZ);
    const frames = Math.max(0, Math.min(Math.round(toSec * RATE_HZ), Math.floor(this.#bytes / FRAME_BYTES)) - firstFrame);
    const raw = new Int16Array(frames * CHANNELS.length);
    const file = openSync(this.#path, 'r');
    readSync(file, raw, 0, raw.byteLength, firstFrame * FRAME_BYTES);
    closeSync(file);
    return Int16Array.from({ length: frames }, (_, frame) => raw[frame * CHANNELS.length + ear]);
  }

  /** Ends the recorder; what was recorded can be read from now on, until {@link discard}. */
  async finish() {
    process.removeListener('exit', this.#exitHook);
    if (this.#recorder.exitCode === null && this.#recorder.signalCode === null) {
      const gone = once(this.#recorder, 'close');
      this.#recorder.kill('SIGTERM');
      await gone;
    }
    if (!this.#file.writableFinished) await new Promise((resolve) => this.#file.end(() => resolve(undefined)));
  }

  discard() {
    rmSync(this.#scratch, { recursive: true, force: true });
  }
}

/**
 * The sample at a place that may lie between two; silence outside.
 * @param {Int16Array} samples
 * @param {number} place
 */
export function between(samples, place) {
  const whole = Math.floor(place);
  const part = place - whole;
  return (1 - part) * (samples[whole] ?? 0) + part * (samples[whole + 1] ?? 0);
}

/** @param {import('./pulse.mjs').Pulse} pulse */
export async function startRecording(pulse) {
  const recording = new Recording(pulse);
  try {
    await recording.ready();
  } catch (error) {
    await recording.finish();
    recording.discard();
    throw new Error('parec records nothing', { cause: error });
  }
  return recording;
}
