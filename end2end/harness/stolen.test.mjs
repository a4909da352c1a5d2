import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stolenShare, ticksOf } from './stolen.mjs';

test('what the host took is told from all that passed, guests not counted twice', () => {
  const before = ticksOf('cpu  100 0 50 800 10 0 0 40 7 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n');
  const after = ticksOf('cpu  120 0 60 840 10 0 0 70 9 0\n');
  assert.deepEqual(before, { stolen: 40, all: 1_000 });
  assert.equal(stolenShare(before, after), 0.3);
  assert.equal(stolenShare(before, before), 0);
});

test('a machine that does not tell was not robbed', () => {
  assert.deepEqual(ticksOf('cpu  1 2 3 4\n'), { stolen: 0, all: 10 });
});
