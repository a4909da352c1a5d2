// Does the ledger see what a crash may have lost? A room that came back with less than it told of.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ledger } from './ledger.mjs';

const entry = (/** @type {number} */ entryId) => ({ entryId });
const track = { trackUrl: '/media/a/original' };

/** A room's state after some changes. @param {object} [other] */
function state(other = {}) {
  const playback = {
    revision: 5, streamId: 3, track, queueEntryId: 9, status: 'playing', startAtServerMs: 1_000, startPositionSec: 0, volume: 1, repeat: 'off',
  };
  return { t: 'ROOM_STATE', revision: 7, queue: [1, 2, 4].map(entry), settings: { name: 'Attic' }, playback, ...other };
}

/** What is found when the room comes back like this. @param {object} other @param {(ledger: Ledger) => void} [before] */
function found(other, before) {
  const ledger = new Ledger();
  ledger.hear(state());
  before?.(ledger);
  return ledger.holds(state(other)).join('; ');
}

test('a room that is as it was told has lost nothing', () => assert.equal(found({}), ''));

test('what was told and is not there is found', () => {
  assert.match(found({ revision: 6 }), /revision 6, and 7 was told/);
  assert.match(found({ queue: [1, 4].map(entry) }), /entries 2 are lost/);
  assert.match(found({ queue: [2, 1, 4].map(entry) }), /another order/);
  assert.match(found({ settings: { name: null } }), /'Attic' was told/);
  assert.match(found({ playback: { ...state().playback, revision: 4 } }), /playback 4, and 5 was told/);
  assert.match(found({ playback: { ...state().playback, startAtServerMs: 1_001 } }), /playback is .*1001/);
  assert.match(found({}, (ledger) => ledger.hear({ t: 'VOLUME', revision: 8, volume: 0.5 })), /revision 7, and 8 was told/);
});

test('what was removed does not come back', () => {
  const removed = (/** @type {Ledger} */ ledger) => ledger.hear({ t: 'QUEUE', revision: 7, entries: [1, 4].map(entry) });
  assert.match(found({}, removed), /entries 2 were removed and are back/);
});

test('what was asked for and not answered may have happened, or not', () => {
  const asked = (/** @type {Ledger} */ ledger) => void ledger.ask({ part: 'queue', removes: 2 });
  assert.equal(found({ revision: 8, queue: [1, 4].map(entry) }, asked), '');
  assert.equal(found({}, asked), '');
  const answered = (/** @type {Ledger} */ ledger) => ledger.ask({ part: 'queue', removes: 2 })();
  assert.match(found({ queue: [1, 4].map(entry) }, answered), /lost/);
});

test('a stream id that is used again is found', () => {
  const ledger = new Ledger();
  ledger.hear(state());
  const prepare = { t: 'PREPARE_PLAY', revision: 8, trackUrl: '/media/b/original', queueEntryId: 10, startAtServerMs: 0, startPositionSec: 0 };
  ledger.hear({ ...prepare, streamId: 4 });
  assert.deepEqual(ledger.broken, []);
  ledger.hear({ ...prepare, streamId: 4, queueEntryId: 11 });
  ledger.hear({ ...prepare, streamId: 2 });
  assert.equal(ledger.broken.length, 2);
});
