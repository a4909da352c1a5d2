// A small client of Tutti's REST API, for tests that prepare a room or look behind the page. Not a library for users.

import { pause } from './pause.mjs';

/** Nothing takes so long, a server that is made to stand still included; one that spins answers never. */
const ANSWER_WITHIN_MS = 60_000;

/** @typedef {{ code: string, hostToken: string, url: string }} NewRoom */
/** @typedef {{ id: string, title: string, artist?: string, album?: string, durationSec: number }} Track */
/**
 * @typedef {object} Playback
 * @property {'idle' | 'preparing' | 'playing' | 'paused' | 'stopped'} status
 * @property {number} streamId
 * @property {number} revision
 * @property {Track | null} track
 * @property {number} startAtServerMs
 * @property {number} startPositionSec
 * @property {number} positionSec
 * @property {number} serverTimestampMs
 * @property {number} volume
 * @property {string} repeat
 */
/** @typedef {{ streamId: number, revision: number, startAtServerMs: number, syncBufferMs: number, serverTimestampMs: number }} Scheduled */
/** @typedef {{ code: string, name: string, revision: number, playback: Playback, queue: unknown[] }} Room */
/** @typedef {'play' | 'pause' | 'resume' | 'stop' | 'next' | 'previous' | 'seek' | 'volume' | 'repeat'} PlaybackAction */

/** An answer outside 2xx, with the problem document that came along. */
export class Refused extends Error {
  /**
   * @param {string} request
   * @param {number} status
   * @param {string} problem
   */
  constructor(request, status, problem) {
    super(`${request}: ${status} ${problem}`);
    this.name = 'Refused';
    this.status = status;
  }
}

export class Api {
  #base;
  #headers;

  /**
   * @param {string} base such as `http://127.0.0.1:3000`
   * @param {Record<string, string>} [headers] who is asking
   */
  constructor(base, headers = {}) {
    this.#base = base;
    this.#headers = headers;
  }

  /**
   * The same server, asked with a host or admin token.
   * @param {string} token
   */
  withToken(token) {
    return new Api(this.#base, { Authorization: `Bearer ${token}` });
  }

  /**
   * The same server, asked with the cookies of a browser, as its pages would.
   * @param {{ cookies: (url: string) => Promise<{ name: string, value: string }[]> }} context
   */
  async withCookiesOf(context) {
    const cookies = await context.cookies(this.#base);
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
    return new Api(this.#base, { Cookie: cookie, Origin: this.#base });
  }

  /**
   * @param {{ name?: string, pin?: string, listed?: boolean }} [wishes]
   * @returns {Promise<NewRoom>}
   */
  createRoom(wishes = {}) {
    return this.#ask('POST', '/api/rooms', wishes);
  }

  /**
   * @param {string} code
   * @returns {Promise<Room>}
   */
  room(code) {
    return this.#ask('GET', `/api/rooms/${code}`);
  }

  /**
   * @param {string} code
   * @returns {Promise<Playback>}
   */
  playback(code) {
    return this.#ask('GET', `/api/rooms/${code}/playback`);
  }

  /**
   * @param {string} code
   * @param {PlaybackAction} action
   * @param {object} [details]
   * @returns {Promise<Scheduled>}
   */
  control(code, action, details = {}) {
    return this.#ask('POST', `/api/rooms/${code}/playback/${action}`, details);
  }

  /**
   * @param {string} code
   * @param {string[]} trackIds
   */
  addToQueue(code, trackIds) {
    return this.#ask('POST', `/api/rooms/${code}/queue`, { trackIds, at: 'end' });
  }

  /**
   * @param {string} code
   * @returns {Promise<{ memberId: string, name: string, role: string, connected: boolean }[]>}
   */
  clients(code) {
    return this.#ask('GET', `/api/rooms/${code}/clients`);
  }

  /**
   * @param {string} code
   * @param {string} memberId
   * @param {'host' | 'dj' | 'listener'} role
   */
  setRole(code, memberId, role) {
    return this.#ask('PATCH', `/api/rooms/${code}/clients/${memberId}`, { role });
  }

  /** @param {string} code */
  clearQueue(code) {
    return this.#ask('DELETE', `/api/rooms/${code}/queue`);
  }

  /**
   * The first track whose title is exactly this.
   * @param {string} title
   * @returns {Promise<Track | undefined>}
   */
  async trackTitled(title) {
    const { tracks } = /** @type {{ tracks: Track[] }} */ (
      await this.#ask('GET', `/api/tracks?query=${encodeURIComponent(title)}&limit=50`)
    );
    return tracks.find((track) => track.title === title);
  }

  /**
   * @param {'GET' | 'POST' | 'PATCH' | 'DELETE'} method
   * @param {string} path
   * @param {object} [body]
   */
  async #ask(method, path, body) {
    const response = await fetch(this.#base + path, {
      method,
      headers: { ...this.#headers, ...(body && { 'Content-Type': 'application/json' }) },
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    if (!response.ok) throw new Refused(`${method} ${path}`, response.status, await response.text());
    return response.status === 204 ? undefined : response.json();
  }
}

/**
 * Waits until the library knows a track: it is scanned while the server runs already.
 * @param {Api} api of somebody who may list tracks
 * @param {string} title
 * @param {number} [limitMs]
 */
export async function libraryHas(api, title, limitMs = 60_000) {
  for (const giveUpAt = performance.now() + limitMs; performance.now() < giveUpAt; ) {
    const track = await api.trackTitled(title);
    if (track) return track;
    await pause(200);
  }
  throw new Error(`the library has no track titled '${title}' after ${limitMs} ms`);
}
