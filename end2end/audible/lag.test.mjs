// Does lag.mjs find delays that are known, and admit what it cannot know?

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lagWindows } from './lag.mjs';
import { RATE_HZ, seededRandom, testSignal } from './signal.mjs';

const EXACT_MS = 0.02;
const source = testSignal(10, 7);

/**
 * Three seconds of the source from its third second on, as 16 bit, delayed: between samples by a windowed sinc.
 * @param {number} delayMs
 */
function heard(delayMs) {
  const delay = (delayMs * RATE_HZ) / 1_000;
  const whole = Math.floor(delay);
  const part = delay - whole;
  const kernel = part === 0 ? [[0, 1]] : Array.from({ length: 64 }, (_, i) => [i - 32, sinc(i - 32 + part)]);
  return Int16Array.from({ length: 3 * RATE_HZ }, (_, i) => {
    const centre = 3 * RATE_HZ + i - whole;
    return kernel.reduce((sum, [at, weight]) => sum + weight * source[centre + at], 0) * 20_000;
  });
}

/** @param {number} x */
function sinc(x) {
  const hann = 0.5 * (1 + Math.cos((Math.PI * x) / 33));
  return (hann * Math.sin(Math.PI * x)) / (Math.PI * x);
}

/** @param {number} seed */
function noise(seed) {
  const random = seededRandom(seed);
  return Int16Array.from({ length: 3 * RATE_HZ }, () => (random() - 0.5) * 20_000);
}

for (const delayMs of [0, 0.01, 0.3, 1, 4.567, 23.45, 149.99, 420.123, 1_234.5]) {
  for (const lagMs of delayMs === 0 ? [0] : [delayMs, -delayMs]) {
    test(`a delay of ${lagMs} ms is found to ${EXACT_MS} ms`, () => {
      const windows = lagWindows(heard(0), heard(lagMs), RATE_HZ);
      // A shift by more than a window's distance from the end of the recording cannot be seen whole.
      const whole = windows.filter(({ atSec }) => atSec + lagMs / 1_000 >= 0 && atSec + 1 + lagMs / 1_000 <= 3);
      assert.ok(whole.length >= 3, `${whole.length} windows`);
      for (const window of whole) {
        assert.notEqual(window.lagMs, null, `lost at ${window.atSec} s`);
        assert.ok(Math.abs(Number(window.lagMs) - lagMs) <= EXACT_MS, `${window.lagMs} at ${window.atSec} s`);
      }
    });
  }
}

for (const [rate, bentSec] of [[0.003, 0.3], [-0.003, 1], [0.0015, 0.6], [-0.005, 0.5]]) {
  test(`while a browser plays at ${1 + rate} for ${bentSec} s, the lag is one that there was`, () => {
    /** The lag at a sample, in ms. @param {number} i */
    const lagAt = (i) => 1_000 * rate * Math.min(bentSec, Math.max(0, i / RATE_HZ - 1.2));
    const late = Int16Array.from({ length: 3 * RATE_HZ }, (_, i) => {
      const place = 3 * RATE_HZ + i - (lagAt(i) * RATE_HZ) / 1_000;
      const whole = Math.floor(place);
      return 20_000 * (source[whole] + (place - whole) * (source[whole + 1] - source[whole]));
    });
    for (const { atSec, lagMs } of lagWindows(heard(0), late, RATE_HZ)) {
      const ends = [lagAt(atSec * RATE_HZ), lagAt((atSec + 1) * RATE_HZ)].sort((a, b) => a - b);
      assert.notEqual(lagMs, null, `lost at ${atSec} s`);
      assert.ok(Number(lagMs) >= ends[0] - 0.1 && Number(lagMs) <= ends[1] + 0.1, `${lagMs} at ${atSec} s is not of ${ends}`);
    }
  });
}

test('a channel at a quarter of the loudness has the same lag', () => {
  const quiet = heard(12.3).map((sample) => sample / 4);
  for (const { lagMs } of lagWindows(heard(0), quiet, RATE_HZ)) assert.ok(Math.abs(Number(lagMs) - 12.3) <= EXACT_MS);
});

test('a likeness far off, as music has with its next bar, does not outdo a blurred sound that is near', () => {
  const nextBar = heard(900);
  const blurred = heard(3).map((sample, i) => 0.5 * sample + 0.5 * nextBar[i]);
  for (const { lagMs } of lagWindows(heard(0), blurred, RATE_HZ)) assert.ok(Math.abs(Number(lagMs) - 3) <= 0.5, `${lagMs}`);
});

test('silence in either channel, or both, is lost', () => {
  const silence = new Int16Array(3 * RATE_HZ);
  for (const [early, late] of [[silence, heard(0)], [heard(0), silence], [silence, silence]]) {
    const windows = lagWindows(early, late, RATE_HZ);
    assert.equal(windows.length, 9);
    assert.deepEqual(windows.filter(({ lagMs }) => lagMs !== null), []);
  }
});

test('sounds that have nothing to do with each other are lost', () => {
  for (const [early, late] of [[noise(1), noise(2)], [heard(0), noise(3)]]) {
    const windows = lagWindows(early, late, RATE_HZ);
    assert.equal(windows.length, 9);
    assert.deepEqual(windows.filter(({ lagMs }) => lagMs !== null), []);
  }
});

test('a channel that stops is lost from there on and not before', () => {
  const late = heard(5);
  late.fill(0, RATE_HZ * 2);
  const found = lagWindows(heard(0), late, RATE_HZ).map(({ lagMs }) => lagMs !== null && Math.abs(lagMs - 5) <= EXACT_MS);
  assert.deepEqual(found, [true, true, true, true, true, false, false, false, false]);
});

test('a channel that starts is lost until it fills a window', () => {
  const late = heard(-5);
  late.fill(0, 0, RATE_HZ * 1.5);
  const found = lagWindows(heard(0), late, RATE_HZ).map(({ lagMs }) => lagMs !== null && Math.abs(lagMs + 5) <= EXACT_MS);
  assert.deepEqual(found, [false, false, false, false, false, false, true, true, true]);
});
