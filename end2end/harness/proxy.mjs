// A TCP proxy that is a bad network: it delays what passes, by a different time for each piece but never out of order,
// cuts it into small pieces, is slow, goes dark and comes back, forgets connections without a word, and resets them. It
// looks into nothing, so it carries pages, sockets and audio alike.

import { connect, createServer } from 'node:net';
import { once } from 'node:events';

/** A direction that holds more than this stops reading, as a full router queue does. */
const HELD_LIMIT_BYTES = 2 * 1024 * 1024;
/** Between two slices, so that they arrive as what they are and are not read at once. */
const SLICE_GAP_MS = 1;

/** One direction of one connection: what is read here comes out there, later. */
class Pipe {
  /** @type {{ dueMs: number, bytes: Buffer | null }[]} null bytes: the sender is done */
  #held = [];
  #heldBytes = 0;
  #lastDueMs = 0;
  /** What goes in is lost, and neither end is told. */
  forgotten = false;
  /** @type {NodeJS.Timeout | undefined} */
  #timer;

  /**
   * @param {import('node:net').Socket} from
   * @param {import('node:net').Socket} to
   * @param {Proxy} network
   * @param {number} extraMs this way takes longer than the other, by so much
   */
  constructor(from, to, network, extraMs = 0) {
    this.from = from;
    this.to = to;
    this.network = network;
    this.extraMs = extraMs;
    from.on('data', (bytes) => this.#hold(bytes));
    from.on('end', () => this.#hold(null));
    to.on('drain', () => this.release());
    to.on('close', () => clearTimeout(this.#timer));
  }

  /** Lets out what is due, and sets the alarm for the next piece. */
  release() {
    clearTimeout(this.#timer);
    if (this.network.dark || this.forgotten || this.to.destroyed) return;
    while (this.#held.length > 0 && !this.to.writableNeedDrain) {
      const { dueMs, bytes } = this.#held[0];
      const waitMs = dueMs - performance.now();
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.release(), waitMs);
        break;
      }
      this.#held.shift();
      this.#heldBytes -= bytes?.length ?? 0;
      this.network.passedBytes += bytes?.length ?? 0;
      if (bytes) this.to.write(bytes);
      else this.to.end();
    }
    if (this.#heldBytes < HELD_LIMIT_BYTES && this.from.isPaused()) this.from.resume();
  }

  /** @param {Buffer | null} bytes */
  #hold(bytes) {
    if (this.forgotten) return;
    const wasEmpty = this.#held.length === 0;
    const { sliceBytes, bytesPerSec } = this.network;
    const slice = Math.min(bytes?.length ?? 0, sliceBytes) || 1;
    for (let from = 0; from === 0 || from < (bytes?.length ?? 0); from += slice) {
      const piece = bytes && bytes.subarray(from, from + slice);
      // In order, as TCP delivers: a piece that would overtake waits for the one before it.
      this.#lastDueMs = Math.max(this.#lastDueMs, performance.now() + this.extraMs + this.network.drawDelayMs());
      this.#lastDueMs += (1_000 * (piece?.length ?? 0)) / bytesPerSec + (from > 0 ? SLICE_GAP_MS : 0);
      this.#held.push({ dueMs: this.#lastDueMs, bytes: piece });
    }
    this.#heldBytes += bytes?.length ?? 0;
    if (this.#heldBytes >= HELD_LIMIT_BYTES) this.from.pause();
    if (wasEmpty) this.release();
  }
}

/** A running proxy. Make one with {@link startProxy}. */
export class Proxy {
  /** Nothing passes while this is true; see {@link blackOut}. */
  dark = false;
  /** What is sent arrives in pieces of so many bytes at most. */
  sliceBytes = Infinity;
  /** So many bytes pass each way of each connection. */
  bytesPerSec = Infinity;
  /** What came out so far, both ways together. */
  passedBytes = 0;
  /** @type {Set<import('node:net').Socket>} */
  #sockets = new Set();
  /** @type {Set<Pipe>} */
  #pipes = new Set();
  #listener;

  /**
   * @param {number} targetPort on the loopback interface
   * @param {number} delayMs one way
   * @param {number} jitterMs each piece takes delay ± jitter, evenly spread
   * @param {number} extraDownMs what the target sends takes so much longer than what it is sent
   */
  constructor(targetPort, delayMs, jitterMs, extraDownMs) {
    this.targetPort = targetPort;
    this.delayMs = delayMs;
    this.jitterMs = jitterMs;
    this.extraDownMs = extraDownMs;
    this.#listener = createServer({ allowHalfOpen: true }, (client) => this.#accept(client));
  }

  async listen() {
    this.#listener.listen(0, '127.0.0.1');
    await once(this.#listener, 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (this.#listener.address());
    this.url = `http://127.0.0.1:${port}`;
  }

  /** The one-way delay of the next piece, in ms. */
  drawDelayMs() {
    return Math.max(0, this.delayMs + (2 * Math.random() - 1) * this.jitterMs);
  }

  /** From now on nothing arrives, and nobody is told: what is sent waits, as packets that are sent again and again. */
  blackOut() {
    this.dark = true;
  }

  /** The network is back; what waited arrives now. */
  comeBack() {
    this.dark = false;
    for (const pipe of this.#pipes) pipe.release();
  }

  /**
   * Forgets all connections that are open, as a router does that was switched off and on: what is sent on them is lost,
   * neither end is told, and new ones are welcome.
   */
  forget() {
    for (const pipe of this.#pipes) pipe.forgotten = true;
  }

  /** Resets all connections that are open, at both ends; new ones are welcome. */
  cut() {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async stop() {
    this.cut();
    this.#listener.close();
    await once(this.#listener, 'close');
  }

  /** @param {import('node:net').Socket} client */
  #accept(client) {
    const server = connect({ port: this.targetPort, host: '127.0.0.1', allowHalfOpen: true });
    const pipes = [new Pipe(client, server, this), new Pipe(server, client, this, this.extraDownMs)];
    const ends = [client, server];
    for (const pipe of pipes) this.#pipes.add(pipe);
    for (const end of ends) {
      end.setNoDelay(true);
      this.#sockets.add(end);
      // The end of one that was forgotten is nobody's news.
      end.on('error', () => pipes.some((pipe) => pipe.forgotten) || ends.forEach((other) => other.destroy()));
      end.on('close', (hadError) => {
        this.#sockets.delete(end);
        if (pipes.some((pipe) => pipe.forgotten)) return;
        if (hadError || ends.every((other) => other.destroyed)) {
          ends.forEach((other) => other.destroy());
          for (const pipe of pipes) this.#pipes.delete(pipe);
        }
      });
    }
  }
}

/**
 * @param {{ targetPort: number, delayMs?: number, jitterMs?: number, extraDownMs?: number }} options
 * @returns {Promise<Proxy & { url: string }>}
 */
export async function startProxy({ targetPort, delayMs = 0, jitterMs = 0, extraDownMs = 0 }) {
  const proxy = new Proxy(targetPort, delayMs, jitterMs, extraDownMs);
  await proxy.listen();
  return /** @type {Proxy & { url: string }} */ (proxy);
}
