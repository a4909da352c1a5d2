// A sound card without hardware: one PulseAudio null sink with a channel for each browser, and a mono sink in front of
// each channel. All channels share one clock, so what is recorded from them can be compared to the sample. While there is a
// card, the processors stay awake.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stayAwake } from '../harness/awake.mjs';
import { RATE_HZ } from './signal.mjs';

/** One browser's place on the card, in this order. */
export const CHANNELS = ['front-left', 'front-right', 'rear-left', 'rear-right'];

const START_LIMIT_MS = 5_000;

/** A running sound card. Make one with {@link startPulse}. */
export class Pulse {
  #daemon;
  #scratch;
  #letSleep = stayAwake();
  #exitHook = () => this.#daemon.kill('SIGKILL');

  /** @param {number} speed of the card's clock, 1 for one that is right */
  constructor(speed) {
    this.#scratch = mkdtempSync(join(tmpdir(), 'tutti-pulse-'));
    this.socket = join(this.#scratch, 'pulse.sock');
    const runtime = join(this.#scratch, 'runtime');
    mkdirSync(runtime, { mode: 0o700 });
    const map = CHANNELS.join(',');
    const modules = [
      `module-null-sink sink_name=bus rate=${RATE_HZ} channels=${CHANNELS.length} channel_map=${map}`,
      ...CHANNELS.map((channel, ear) => `module-remap-sink sink_name=ear${ear} master=bus channels=1 channel_map=mono master_channel_map=${channel} remix=no`),
      // Last, so that whoever gets a connection finds the sinks.
      `module-native-protocol-unix socket=${this.socket} auth-anonymous=1`,
    ];
    const options = ['-n', '--daemonize=no', '--exit-idle-time=-1', '--disallow-exit', '--use-pid-file=no', '--log-level=error'];
    this.#daemon = spawn('pulseaudio', [...options, ...modules.flatMap((module) => ['-L', module])], {
      env: { ...process.env, XDG_RUNTIME_DIR: runtime, HOME: this.#scratch, ...(speed === 1 ? {} : fakeClock(speed)) },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    process.once('exit', this.#exitHook);
  }

  /** What a program needs in its environment to record from this card. */
  get env() {
    return { PULSE_SERVER: `unix:${this.socket}` };
  }

  /**
   * What a browser needs in its environment to play into one channel.
   * @param {number} ear 0 is the first channel
   */
  envOfEar(ear) {
    return { ...this.env, PULSE_SINK: `ear${ear}` };
  }

  async ready() {
    /** @type {string | undefined} */
    let ended;
    this.#daemon.once('error', (error) => (ended = error.message));
    this.#daemon.once('exit', (code, signal) => (ended ??= `it ended with ${signal ?? code}`));
    for (const giveUpAt = performance.now() + START_LIMIT_MS; !(await this.#answers()); ) {
      if (ended ?? performance.now() > giveUpAt) throw new Error(`no PulseAudio: ${ended ?? 'it does not answer'}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async stop() {
    this.#letSleep();
    process.removeListener('exit', this.#exitHook);
    if (this.#daemon.pid && this.#daemon.exitCode === null && this.#daemon.signalCode === null) {
      const gone = once(this.#daemon, 'exit');
      this.#daemon.kill('SIGKILL');
      await gone;
    }
    rmSync(this.#scratch, { recursive: true, force: true });
  }

  /** @returns {Promise<boolean>} */
  #answers() {
    return new Promise((resolve) => {
      const socket = connect(this.socket);
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
  }
}

/**
 * A card lives by the clock of its daemon, so a daemon that is told of a faster clock is a card with a faster quartz.
 * The `faketime` of the system knows where its library lies.
 * @param {number} speed
 */
function fakeClock(speed) {
  const library = execFileSync('faketime', ['-m', '-f', '+0', 'printenv', 'LD_PRELOAD'], { encoding: 'utf8' }).trim();
  return { LD_PRELOAD: library, FAKETIME: `+0 x${speed.toFixed(6)}` };
}

/** @param {{ speed?: number }} [card] */
export async function startPulse({ speed = 1 } = {}) {
  const pulse = new Pulse(speed);
  try {
    await pulse.ready();
  } catch (error) {
    await pulse.stop();
    throw error;
  }
  return pulse;
}
