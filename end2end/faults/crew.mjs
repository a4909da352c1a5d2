// Who keeps a server busy while it is killed: rooms with their members, and hands that never rest: one changes a queue,
// one plays and seeks, one renames and promotes, one uploads; one room only plays. What each was told is in its ledger.

import { pause } from '../harness/pause.mjs';
import { wavFile } from '../harness/wav.mjs';
import { Guest } from './guest.mjs';
import { Ledger } from './ledger.mjs';

/** @typedef {{ code: string, hostToken: string }} Keys */
/** @typedef {{ name: string, keys: Keys, ledger: Ledger, guests: Guest[], unanswered: number[] | undefined }} Room `unanswered` since a crash, until the room is back */

/** As many members in each room. */
const MEMBERS = 4;
/** How soon a member tries again that the server does not answer. */
const RETRY_MS = 20;

export class Crew {
  /** @type {Record<'queue' | 'playback' | 'people' | 'music', Room>} */
  rooms;
  /** The tracks that were taken in. @type {string[]} */
  uploads = [];
  #uploading = 0;
  #over = false;
  /** @type {Promise<unknown>[]} */
  #hands = [];

  /** @param {string} url @param {() => number} random @param {string[]} tracks @param {Record<'queue' | 'playback' | 'people' | 'music', Keys>} keys */
  constructor(url, random, tracks, keys) {
    this.url = url;
    this.random = random;
    this.tracks = tracks;
    const room = (/** @type {'queue' | 'playback' | 'people' | 'music'} */ name) => {
      const ledger = new Ledger();
      /** @type {Room} */
      const room = { name, keys: keys[name], ledger, guests: [], unanswered: undefined };
      room.guests = Array.from({ length: MEMBERS }, (_, n) => new Guest(url, keys[name].code, {
        name: `${name} ${n}`,
        hostToken: n === 0 ? keys[name].hostToken : undefined,
        // Letters and digits, as the server's own: a session that comes back.
        cookie: `tutti_session=kills${name}${n}`,
        retryMs: () => RETRY_MS * (0.5 + random()),
        hear: (message) => {
          if (message.t === 'ROOM_STATE') lookAtRoom(room, message);
          ledger.hear(message);
          if (n === 1 && message.t === 'WELCOME') ledger.role ??= message.role;
        },
      }));
      return room;
    };
    this.rooms = { queue: room('queue'), playback: room('playback'), people: room('people'), music: room('music') };
  }

  get all() {
    return Object.values(this.rooms);
  }

  get guests() {
    return this.all.flatMap(({ guests }) => guests);
  }

  get acknowledged() {
    return this.all.reduce((sum, { ledger }) => sum + ledger.acknowledged, this.uploads.length);
  }

  get pending() {
    return this.all.reduce((sum, { ledger }) => sum + ledger.pending.size, this.#uploading);
  }

  begin() {
    const hands = [() => this.#queueByRequest(), () => this.#queueBySocket(), () => this.#play(), () => this.#people(), () => this.#upload()];
    this.#hands = hands.map(async (hand) => {
      while (!this.#over) {
        // Without an answer it is not known whether it was done; the server is gone, or about to be.
        await hand().catch(() => pause(RETRY_MS));
        await pause(5 * this.random());
      }
    });
  }

  async end() {
    this.#over = true;
    await Promise.all(this.#hands);
    for (const guest of this.guests) guest.leave();
  }

  /** The server is gone: from now on what the rooms say is held against what they said. */
  crashed() {
    for (const room of this.all) room.unanswered = [...room.ledger.pending.keys()];
  }

  /** @template T @param {T[]} list @returns {T} */
  #one(list) {
    return list[Math.floor(this.random() * list.length)];
  }

  /** @param {Keys} keys @param {string} method @param {string} path @param {object} [body] */
  async #ask({ code, hostToken }, method, path, body) {
    const headers = { authorization: `Bearer ${hostToken}`, 'content-type': 'application/json' };
    const answer = await fetch(`${this.url}/api/rooms/${code}${path}`, { method, headers, body: body && JSON.stringify(body), signal: AbortSignal.timeout(5_000) });
    const text = await answer.text();
    if (answer.ok) return JSON.parse(text);
    // A refusal is an answer: nothing was changed.
    if (answer.status < 500) return undefined;
    throw new Error(text);
  }

  async #queueByRequest() {
    const { ledger, keys } = this.rooms.queue;
    const { ids } = ledger.queue;
    const removes = ids.length > 30 || (ids.length > 0 && this.random() < 0.4) ? this.#one(ids) : undefined;
    const answered = ledger.ask({ part: 'queue', removes });
    const answer = removes === undefined
      ? await this.#ask(keys, 'POST', '/queue', { trackIds: [this.#one(this.tracks), this.#one(this.tracks)], at: this.random() < 0.5 ? 'end' : 'next' })
      : await this.#ask(keys, 'DELETE', `/queue/${removes}`);
    answered();
    if (answer) ledger.answered(answer);
  }

  async #queueBySocket() {
    const { ledger, guests } = this.rooms.queue;
    const [host] = guests;
    const { revision, ids } = ledger.queue;
    if (!host.online || ids.length < 2) return pause(RETRY_MS);
    const shuffles = this.random() < 0.2;
    const answered = ledger.ask({ part: 'queue', reorders: true });
    host.say(shuffles ? { t: 'QUEUE_SHUFFLE' } : { t: 'QUEUE_MOVE', entryId: this.#one(ids), before: this.#one(ids) });
    // A move to where an entry stands changes nothing and is not told.
    await host.until(() => ledger.queue.revision > revision, 150).then(answered, () => {});
    // Whatever came of it, it is over by now, if the server lives.
    if (host.online) answered();
  }

  async #play() {
    const { ledger, keys } = this.rooms.playback;
    const acts = /** @type {[string, object?][]} */ ([
      ['play', { trackId: this.#one(this.tracks) }], ['pause'], ['resume'], ['seek', { positionSec: Math.floor(this.random() * 60) }],
      ['volume', { volume: Math.round(this.random() * 100) / 100 }], ['repeat', { mode: this.#one(['off', 'one', 'all']) }],
    ]);
    const [act, body] = this.#one(acts);
    const answered = ledger.ask({ part: 'playback' });
    const answer = await this.#ask(keys, 'POST', `/playback/${act}`, body ?? {});
    answered();
    if (answer) ledger.hear({ t: '', revision: answer.revision });
  }

  async #people() {
    const { ledger, guests } = this.rooms.people;
    const [host, other] = guests;
    if (!host.online || !other.memberId) return pause(RETRY_MS);
    if (this.random() < 0.5) {
      const name = `Attic ${Math.floor(this.random() * 1e6)}`;
      const answered = ledger.ask({ part: 'settings', sets: name });
      host.say({ t: 'SET_ROOM', name });
      await host.until(() => ledger.settings.name === name, 2_000);
      return answered();
    }
    const role = other.role === 'dj' ? 'listener' : 'dj';
    const answered = ledger.ask({ part: 'role', sets: role });
    host.say({ t: 'SET_ROLE', memberId: other.memberId, role });
    // The one whom it is about is welcomed anew.
    await other.until(() => other.role === role, 2_000);
    ledger.role = role;
    answered();
    await pause(100);
  }

  async #upload() {
    const title = `Upload ${this.uploads.length} ${Math.floor(this.random() * 1e9)}`;
    const form = new FormData();
    form.append('file', new Blob([wavFile(title, 1)]), `${title}.wav`);
    this.#uploading++;
    try {
      const headers = { authorization: `Bearer ${this.rooms.music.keys.hostToken}` };
      const answer = await fetch(`${this.url}/api/tracks`, { method: 'POST', headers, body: form, signal: AbortSignal.timeout(10_000) });
      if (answer.status === 201) this.uploads.push((/** @type {any} */ (await answer.json())).tracks[0].id);
    } finally {
      this.#uploading--;
    }
    await pause(150);
  }
}

/** The first state after a crash. @param {Room} room @param {any} state */
function lookAtRoom(room, state) {
  if (!room.unanswered) return;
  room.ledger.broken.push(...room.ledger.holds(state));
  // What was not answered never will be.
  for (const asked of room.unanswered) room.ledger.pending.delete(asked);
  room.unanswered = undefined;
}
