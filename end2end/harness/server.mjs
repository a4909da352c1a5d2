// One real Tutti server as a child process: started on a free port, killed the hard way, started again on the same
// port and data. Knows nothing of rooms (that is api.mjs) and ends no process that it did not start.

import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, openSync, closeSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { pause } from './pause.mjs';
import { cacheDir, PROJECT, TUTTI_BIN } from './places.mjs';

/** How long a start may take until `/healthz` answers; a cold disk and a busy machine included. */
const START_LIMIT_MS = 20_000;
/** How long a server may take to end after SIGTERM. */
const STOP_LIMIT_MS = 5_000;

/** A running server. Make one with {@link startServer}. */
export class Server {
  /** @type {import('node:child_process').ChildProcess | undefined} */
  #child;
  /** Variables of the process beside those of this one. @type {Record<string, string>} */
  env = {};
  #exitHook = () => this.#child?.kill('SIGKILL');

  /**
   * @param {number} port
   * @param {string} dataDir
   * @param {string[]} musicDirs
   * @param {string[]} extraArgs
   * @param {string} address where it listens
   * @param {string} name under which it is reached there
   */
  constructor(port, dataDir, musicDirs, extraArgs, address, name) {
    this.port = port;
    this.address = address;
    this.dataDir = dataDir;
    this.musicDirs = musicDirs;
    this.extraArgs = extraArgs;
    this.url = `${extraArgs.includes('--tls-self-signed') ? 'https' : 'http'}://${name}:${port}`;
    this.logFile = join(cacheDir('logs'), `server-${port}.log`);
  }

  /** Starts the process, for the first time or after {@link kill}; returns once `/healthz` says 200. */
  async start() {
    if (this.#child) throw new Error('the server runs already');
    const args = ['--listen', `${this.address}:${this.port}`, '--data-dir', this.dataDir];
    for (const dir of this.musicDirs) args.push('--music-dir', dir);
    args.push(...this.extraArgs);
    appendFileSync(this.logFile, `\n--- ${TUTTI_BIN} ${args.join(' ')}\n`);
    const log = openSync(this.logFile, 'a');
    const child = spawn(TUTTI_BIN, args, { cwd: PROJECT, stdio: ['ignore', log, log], env: { ...process.env, ...this.env } });
    closeSync(log);
    this.#child = child;
    process.once('exit', this.#exitHook);
    /** @type {string | undefined} */
    let ended;
    child.once('error', (error) => (ended = error.message));
    child.once('exit', (code, signal) => (ended ??= `it ended with ${signal ?? code}`));

    const giveUpAt = performance.now() + START_LIMIT_MS;
    for (;;) {
      if (ended === undefined && (await this.#healthy())) return;
      if (ended === undefined && performance.now() > giveUpAt) ended = `no /healthz within ${START_LIMIT_MS} ms`;
      if (ended !== undefined) {
        await this.kill();
        throw new Error(`the server did not start: ${ended}\n${this.logTail()}`);
      }
      await pause(50);
    }
  }

  /** Of the process that runs now. */
  get pid() {
    if (!this.#child?.pid) throw new Error('the server does not run');
    return this.#child.pid;
  }

  /** `kill -9`: what a crash or a power cut looks like. Returns when the process is gone. */
  async kill() {
    await this.#end('SIGKILL');
  }

  /** SIGTERM. Gives what it ended with, and after how many ms. */
  async terminate() {
    const child = this.#child;
    if (!child) throw new Error('the server does not run');
    const sentMs = performance.now();
    await this.#end('SIGTERM');
    return { tookMs: performance.now() - sentMs, endedWith: child.signalCode ?? child.exitCode };
  }

  /** Ends the server in good order and forgets its data. */
  async stop() {
    await this.#end('SIGTERM');
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  /** The last lines of the log, for an error message. */
  logTail() {
    return existsSync(this.logFile) ? readFileSync(this.logFile, 'utf8').split('\n').slice(-15).join('\n') : '';
  }

  /** @param {'SIGTERM' | 'SIGKILL'} signal */
  async #end(signal) {
    const child = this.#child;
    this.#child = undefined;
    process.removeListener('exit', this.#exitHook);
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    const impatience = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    await gone;
    clearTimeout(impatience);
  }

  async #healthy() {
    try {
      return (await fetch(`${this.url}/healthz`, { signal: AbortSignal.timeout(1_000) })).status === 200;
    } catch {
      return false;
    }
  }
}

/**
 * Starts a server with data of its own.
 * @param {{ musicDirs: string[], args?: string[], address?: string, name?: string, env?: Record<string, string> }} options `address` is
 *   one of this machine, and `name` another word for it
 */
export async function startServer({ musicDirs, args = [], address = '127.0.0.1', name = address, env = {} }) {
  if (!existsSync(TUTTI_BIN)) throw new Error(`no server at ${TUTTI_BIN}: build it, or set TUTTI_BIN`);
  const server = new Server(await freePort(address), mkdtempSync(join(tmpdir(), 'tutti-data-')), musicDirs, args, address, name);
  server.env = env;
  try {
    await server.start();
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

/** A TCP port that nobody uses there now. @param {string} [address] */
export async function freePort(address = '127.0.0.1') {
  const probe = createServer().listen(0, address);
  await once(probe, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (probe.address());
  probe.close();
  await once(probe, 'close');
  return port;
}
