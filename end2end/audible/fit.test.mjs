// Does fit.mjs find the line that the points lie on, when some of them lie?

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { robustLine } from './fit.mjs';
import { seededRandom } from './signal.mjs';

/** Frames of a card whose clock runs fast, as they arrive: in pieces of 20 ms, now and then late. */
function arrivals(/** @type {number} */ fastPpm, /** @type {number} */ seconds) {
  const random = seededRandom(5);
  const xs = [];
  const ys = [];
  for (let ms = 20; ms < seconds * 1_000; ms += 20) {
    const late = random() < 0.05 ? 80 * random() : 3 * random();
    xs.push(1e6 + ms + late);
    ys.push(ms * 48 * (1 + fastPpm / 1e6));
  }
  return { xs, ys };
}

for (const fastPpm of [-100, 0, 100]) {
  test(`a card that is ${fastPpm} ppm fast is found to be, to 2 ppm after two minutes`, () => {
    const { xs, ys } = arrivals(fastPpm, 120);
    const found = (robustLine(xs, ys).slope / 48 - 1) * 1e6;
    assert.ok(Math.abs(found - fastPpm) < 2, `${found} ppm`);
  });
}

test('points on a line give the line, and the way back', () => {
  const line = robustLine([1, 2, 3, 10], [5, 7, 9, 23]);
  assert.equal(line.slope, 2);
  assert.equal(line.at(4), 11);
  assert.equal(line.inverse(11), 4);
});

test('one wild point among many changes nothing', () => {
  const xs = Array.from({ length: 50 }, (_, i) => i);
  const ys = xs.map((x) => 3 * x + 1 + (x % 2) / 100);
  ys[20] = -10_000;
  assert.ok(Math.abs(robustLine(xs, ys).slope - 3) < 1e-3);
});

test('one point is no line', () => assert.throws(() => robustLine([1], [1])));
