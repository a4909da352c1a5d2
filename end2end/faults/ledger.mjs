// What a room was heard to say, by anybody, by socket or as the answer to a request: all of it has to be true after a
// crash. What was asked for and not answered may or may not have happened; it is noted as such.

/** @typedef {'queue' | 'settings' | 'playback' | 'role'} Part */

/** @typedef {{ revision: number, streamId: number, startAt: number, startSec: number, runs: boolean, volume: number, repeat: string }} Playing */

const PLAYBACK = ['PREPARE_PLAY', 'PLAY_AT', 'PAUSE_AT', 'STOP', 'VOLUME', 'REPEAT'];

export class Ledger {
  /** The highest that was told. */
  revision = 0;
  /** The highest that was told of a stream. */
  streamId = 0;
  /** @type {{ revision: number, ids: number[] }} */
  queue = { revision: 0, ids: [] };
  #highestEntry = 0;
  /** @type {{ revision: number, name: string }} */
  settings = { revision: 0, name: '' };
  /** @type {Playing | undefined} */
  playing;
  /** By the member that was promoted and demoted. @type {string | undefined} */
  role;
  /** What was asked for and is not answered: by a number of its own. @type {Map<number, { part: Part, removes?: number, reorders?: boolean, sets?: string }>} */
  pending = new Map();
  #asked = 0;
  /** Of each stream what it is of. @type {Map<number, string>} */
  #streams = new Map();
  /** Answers and broadcasts of changes. */
  acknowledged = 0;
  /** @type {string[]} */
  broken = [];

  /**
   * Something is asked for. Gives what to call when it is answered.
   * @param {{ part: Part, removes?: number, reorders?: boolean, sets?: string }} wish
   */
  ask(wish) {
    const number = ++this.#asked;
    this.pending.set(number, wish);
    return () => void this.pending.delete(number);
  }

  /** What the room says to a member. @param {any} message */
  hear(message) {
    const { t } = message;
    if (t === 'ROOM_STATE') this.#state(message);
    else if (t === 'QUEUE') this.#queue(message.revision, message.entries);
    else if (t === 'ROOM') this.#settings(message.revision, message.settings.name);
    else if (PLAYBACK.includes(t)) this.#playback(message);
    if (typeof message.revision === 'number') this.#count(message.revision);
  }

  /** The answer to a request about the queue. @param {{ revision: number, queue: any[] }} answer */
  answered({ revision, queue }) {
    this.#queue(revision, queue);
    this.#count(revision);
  }

  /** @param {number} revision */
  #count(revision) {
    if (revision > this.revision) this.acknowledged++;
    this.revision = Math.max(this.revision, revision);
  }

  /** @param {any} state */
  #state(state) {
    this.#queue(state.revision, state.queue);
    this.#settings(state.revision, state.settings.name);
    const { playback } = state;
    if (playback.track) this.#stream(playback.streamId, playback.track, playback.queueEntryId);
    if (playback.upcoming) this.#stream(playback.upcoming.streamId, playback.upcoming.track, playback.upcoming.queueEntryId);
    if (!this.playing || playback.revision >= this.playing.revision) this.playing = playingOf(playback);
  }

  /** @param {number} revision @param {any[]} entries */
  #queue(revision, entries) {
    if (revision < this.queue.revision) return;
    this.queue = { revision, ids: entries.map(({ entryId }) => entryId) };
    this.#highestEntry = Math.max(this.#highestEntry, ...this.queue.ids);
  }

  /** @param {number} revision @param {string | null} name */
  #settings(revision, name) {
    if (revision >= this.settings.revision) this.settings = { revision, name: name ?? '' };
  }

  /** @param {any} message */
  #playback(message) {
    const { t, revision } = message;
    if (t === 'PREPARE_PLAY') this.#stream(message.streamId, message, message.queueEntryId);
    if (!this.playing || revision < this.playing.revision) return;
    if (t === 'PREPARE_PLAY' && message.follows) this.playing.revision = revision;
    else if (t === 'VOLUME') Object.assign(this.playing, { revision, volume: message.volume });
    else if (t === 'REPEAT') Object.assign(this.playing, { revision, repeat: message.mode });
    else if (t === 'PAUSE_AT') Object.assign(this.playing, { revision, startAt: message.pauseAtServerMs, startSec: message.positionSec, runs: false });
    else if (t === 'STOP') Object.assign(this.playing, { revision, startAt: message.stopAtServerMs, startSec: 0, runs: false });
    else {
      const { streamId, startAtServerMs: startAt, startPositionSec: startSec } = message;
      Object.assign(this.playing, { revision, streamId, startAt, startSec, runs: true });
    }
  }

  /** A stream is of one start for ever. @param {number} id @param {any} track @param {number | null} entryId */
  #stream(id, track, entryId) {
    const is = `${track.trackUrl} as entry ${entryId ?? '-'}`;
    const was = this.#streams.get(id);
    if (was !== undefined && was !== is) this.broken.push(`stream ${id} was ${was} and is ${is}`);
    if (was === undefined && id < this.streamId) this.broken.push(`stream ${id} is new after ${this.streamId}`);
    this.#streams.set(id, is);
    this.streamId = Math.max(this.streamId, id);
  }

  /** What is not as it was told, now that the room is back. @param {any} state a `ROOM_STATE` */
  holds(state) {
    const broken = [];
    const pending = (/** @type {Part} */ part) => [...this.pending.values()].filter((wish) => wish.part === part);
    if (state.revision < this.revision) broken.push(`revision ${state.revision}, and ${this.revision} was told`);

    const ids = state.queue.map((/** @type {any} */ { entryId }) => entryId);
    const wishes = pending('queue');
    const lost = this.queue.ids.filter((id) => !ids.includes(id) && !wishes.some(({ removes }) => removes === id));
    const risen = ids.filter((/** @type {number} */ id) => !this.queue.ids.includes(id) && id <= this.#highestEntry);
    if (lost.length > 0) broken.push(`queue entries ${lost} are lost`);
    if (risen.length > 0) broken.push(`queue entries ${risen} were removed and are back`);
    const kept = this.queue.ids.filter((id) => ids.includes(id));
    const now = ids.filter((/** @type {number} */ id) => this.queue.ids.includes(id));
    if (!wishes.some(({ reorders }) => reorders) && kept.join() !== now.join()) broken.push(`the queue is in another order: ${now}, and ${kept} was told`);

    const name = state.settings.name ?? '';
    if (name !== this.settings.name && !pending('settings').some(({ sets }) => sets === name)) {
      broken.push(`the room is called '${name}', and '${this.settings.name}' was told`);
    }
    const { playing } = this;
    if (playing && playing.revision > 0) {
      const is = playingOf(state.playback);
      if (is.revision < playing.revision) broken.push(`playback ${is.revision}, and ${playing.revision} was told`);
      if (is.revision === playing.revision && JSON.stringify(is) !== JSON.stringify(playing)) {
        broken.push(`playback is ${JSON.stringify(is)}, and ${JSON.stringify(playing)} was told`);
      }
    }
    return broken;
  }
}

/** @param {any} playback @returns {Playing} */
function playingOf({ revision, streamId, startAtServerMs, startPositionSec, status, volume, repeat }) {
  return { revision, streamId, startAt: startAtServerMs, startSec: startPositionSec, runs: status === 'playing' || status === 'preparing', volume, repeat };
}
