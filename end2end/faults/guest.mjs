// A member that stays through everything: comes back whenever its socket ends, as the same member, keeps an estimate of
// room time, and tells where it takes the music to be. No browser: what those make of it the recordings tell.

import { join } from '../harness/member.mjs';
import { pause } from '../harness/pause.mjs';

const PINGS = 6;
const PING_EVERY_MS = 15;

export class Guest {
  /** @type {import('../harness/member.mjs').Member | undefined} */
  #member;
  #gone = false;
  #pings = 0;
  #known = false;
  #leastRttMs = Infinity;
  /** Room time minus this process's clock. */
  offsetMs = NaN;
  memberId = '';
  role = '';
  epoch = '';
  /** The last `ROOM_STATE`. @type {any} */
  state;
  /** The close codes that it got; none where the connection just ended. @type {(number | undefined)[]} */
  closedWith = [];
  /** How often it was let in. */
  visits = 0;
  /** @type {(() => void)[]} */
  #waiting = [];

  /**
   * @param {string} url
   * @param {string} code
   * @param {{ name: string, hostToken?: string, cookie?: string, retryMs: () => number, hear?: (message: any) => void }} is
   */
  constructor(url, code, is) {
    this.url = url;
    this.code = code;
    this.is = is;
    void this.#connect();
  }

  async #connect() {
    while (!this.#gone && !this.#member) {
      const { name, hostToken, cookie } = this.is;
      const hello = { name, ...(hostToken && { hostToken }), ...(this.memberId && { resume: this.memberId }) };
      try {
        this.#member = await join(this.url, this.code, hello, (message) => this.#hear(message), { cookie, ended: (code) => this.#ended(code) });
      } catch {
        await pause(this.is.retryMs());
      }
    }
    if (this.#gone) this.#member?.leave();
  }

  /** @param {number | undefined} code */
  async #ended(code) {
    this.closedWith.push(code);
    this.#member = undefined;
    this.#known = false;
    await pause(this.is.retryMs());
    void this.#connect();
  }

  /** @param {any} message */
  #hear(message) {
    if (message.t === 'WELCOME') {
      Object.assign(this, { memberId: message.memberId, role: message.role, epoch: message.clockEpoch });
    } else if (message.t === 'ROOM_STATE') {
      this.state = message;
      this.visits++;
      this.measure();
    } else if (message.t === 'TIME_PONG') this.#pong(message);
    else if ((message.t === 'PREPARE_PLAY' && !message.follows) || message.t === 'PLAY_AT') {
      const { startAtServerMs, startPositionSec } = message;
      Object.assign(this.state.playback, { startAtServerMs, startPositionSec });
    }
    for (const { memberId, role } of message.members ?? []) if (memberId === this.memberId && role) this.role = role;
    this.is.hear?.(message);
    for (const look of this.#waiting.splice(0)) look();
  }

  /** Measures the clock afresh. */
  measure() {
    this.#leastRttMs = Infinity;
    this.#pings = 0;
    this.#known = false;
    this.#ping();
  }

  #ping() {
    this.#member?.send({ t: 'TIME_PING', clientNowMs: performance.now(), pingId: ++this.#pings });
  }

  /** @param {any} pong */
  #pong({ clientNowMs, pingId, serverReceivedMs, serverNowMs }) {
    if (pingId !== this.#pings) return;
    const now = performance.now();
    const rttMs = now - clientNowMs - (serverNowMs - serverReceivedMs);
    if (rttMs < this.#leastRttMs) {
      this.#leastRttMs = rttMs;
      this.offsetMs = (serverReceivedMs - clientNowMs + (serverNowMs - now)) / 2;
    }
    this.#known = this.#pings >= PINGS;
    if (!this.#known) setTimeout(() => this.#ping(), PING_EVERY_MS);
  }

  get online() {
    return this.#member !== undefined;
  }

  /** Whether the clock of this visit is known. */
  get inStep() {
    return this.online && this.#known;
  }

  /**
   * Where the music is at a moment of this process's clock, by this member's room time and the last state. In seconds.
   * @param {number} atMs
   */
  placeSec(atMs) {
    const { startAtServerMs, startPositionSec } = this.state.playback;
    return startPositionSec + (atMs + this.offsetMs - startAtServerMs) / 1_000;
  }

  /** @param {object} message @returns {boolean} whether it went out */
  say(message) {
    this.#member?.send(message);
    return this.#member !== undefined;
  }

  /** Waits until something is so, looking whenever something is heard. @param {() => boolean} condition @param {number} limitMs */
  async until(condition, limitMs) {
    for (const giveUpAt = performance.now() + limitMs; !condition(); ) {
      if (performance.now() > giveUpAt) throw new Error(`${this.is.name} waited for ${limitMs} ms`);
      await Promise.race([new Promise((resolve) => this.#waiting.push(() => resolve(undefined))), pause(20)]);
    }
  }

  leave() {
    this.#gone = true;
    this.#member?.leave();
  }
}
