// Does the rig hear what is played? Two Chromiums play the same file from a bare page, one of them late on purpose; the
// recording has to agree with what both say of their own position. No Tutti is involved.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, rmSync, mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openEar } from './browser.mjs';
import { lagWindows } from './lag.mjs';
import { isNoteworthy, stolenShare, ticks } from '../harness/stolen.mjs';
import { startPulse } from './pulse.mjs';
import { startRecording } from './record.mjs';
import { RATE_HZ, testSignal, writeWav } from './signal.mjs';

/** How much later the second browser is told to play. */
const LATE_MS = 100;
const LISTEN_SEC = 6;
/** A position that is read once may be wrong by a saw-tooth of ±5 ms, and two are read. */
const READ_ERROR_MS = 12;
/** How often it is tried while the host holds the browsers up. */
const TRIES = 4;

/** @type {(() => unknown)[]} what to undo, last first */
const undo = [];
/** @type {string} */
let url;

before(async () => {
  const scratch = mkdtempSync(join(tmpdir(), 'tutti-rig-'));
  undo.unshift(() => rmSync(scratch, { recursive: true, force: true }));
  writeWav(join(scratch, 'signal.wav'), testSignal(30, 1));
  const wav = readFileSync(join(scratch, 'signal.wav'));
  const server = createServer((request, response) => {
    const isAudio = request.url === '/signal.wav';
    response.writeHead(200, { 'Content-Type': isAudio ? 'audio/wav' : 'text/html' });
    response.end(isAudio ? wav : '<!doctype html><audio src="/signal.wav" preload="auto"></audio>');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  undo.unshift(() => server.closeAllConnections(), () => server.close());
  url = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}/`;
});

after(async () => {
  for (const step of undo) await step();
});

test('a browser that plays late is heard late, by as much as it says itself', async (t) => {
  for (let tries = TRIES; ; tries--) {
    const before = ticks();
    const { windows, saidLagMs } = await listen();
    const stolen = stolenShare(before, ticks());
    const lags = windows.map(({ lagMs }) => lagMs).filter((lag) => lag !== null).sort((a, b) => a - b);
    const median = lags[Math.floor(lags.length / 2)];
    const spread = lags[lags.length - 1] - lags[0];
    t.diagnostic(`heard ${median?.toFixed(2)} ms late, said ${saidLagMs.toFixed(2)} ms, spread ${spread.toFixed(3)} ms, ${lags.length} of ${windows.length} windows; the host took ${(stolen * 100).toFixed(0)} %`);
    try {
      assert.equal(lags.length, windows.length, 'no window is lost while both play');
      assert.ok(median > LATE_MS / 2, 'late means positive');
      assert.ok(Math.abs(median - saidLagMs) <= READ_ERROR_MS, `heard ${median}, said ${saidLagMs}`);
      assert.ok(spread <= 1, 'at rate 1 two browsers hold their distance');
      return;
    } catch (error) {
      // Held-up browsers drop sound, and then they are not where they say.
      if (!isNoteworthy(stolen)) throw error;
      if (tries === 1) return t.skip('each time the host took too much of the processors');
    }
  }
});

/** Plays once, and compares. */
async function listen() {
  /** @type {(() => unknown)[]} */
  const closing = [];
  try {
    const pulse = await startPulse();
    closing.unshift(() => pulse.stop());
    const recording = await startRecording(pulse);
    closing.unshift(() => recording.discard(), () => recording.finish());
    const ears = await Promise.all([0, 1].map((channel) => openEar('chromium', { pulse, channel })));
    closing.unshift(...ears.map((ear) => ear.close));

    const playAtMs = Date.now() + 3_000;
    await Promise.all(ears.map(({ page }, ear) => playAt(page, playAtMs + ear * LATE_MS)));
    const fromSec = recording.nowSec + 1;
    const saidLagMs = await positionLagMs(ears.map(({ page }) => page), LISTEN_SEC * 1_000);
    await Promise.all(ears.map(({ page }) => page.evaluate(() => document.querySelector('audio')?.pause())));
    await recording.finish();

    const toSec = fromSec + LISTEN_SEC - 1;
    // What the late one plays of the last windows lies beyond the end of what is compared.
    const windows = lagWindows(recording.channel(0, fromSec, toSec), recording.channel(1, fromSec, toSec), RATE_HZ).slice(0, -2);
    return { windows, saidLagMs };
  } finally {
    for (const step of closing) await step();
  }
}

/**
 * Loads the bare page and plays at an instant of the machine's clock.
 * @param {import('./browser.mjs').EarPage} page
 * @param {number} atMs
 */
async function playAt(page, atMs) {
  await page.goto(url);
  await page.evaluate(async (at) => {
    const audio = /** @type {HTMLAudioElement} */ (document.querySelector('audio'));
    if (audio.readyState < 4) await new Promise((resolve) => audio.addEventListener('canplaythrough', resolve, { once: true }));
    await new Promise((resolve) => setTimeout(resolve, at - Date.now()));
    await audio.play();
  }, atMs);
}

/**
 * How far the second page says it is behind the first: the mean over many reads, each paired with the clock.
 * @param {import('./browser.mjs').EarPage[]} pages
 * @param {number} forMs
 */
async function positionLagMs(pages, forMs) {
  const anchors = await Promise.all(
    pages.map((page) =>
      page.evaluate(async (ms) => {
        const audio = /** @type {HTMLAudioElement} */ (document.querySelector('audio'));
        const anchors = [];
        for (const end = Date.now() + ms; Date.now() < end; ) {
          // The wall-clock instant at which position 0 would have been.
          anchors.push(performance.timeOrigin + performance.now() - audio.currentTime * 1_000);
          await new Promise((resolve) => setTimeout(resolve, 11 + 13 * Math.random()));
        }
        return anchors.reduce((sum, anchor) => sum + anchor, 0) / anchors.length;
      }, forMs),
    ),
  );
  return anchors[1] - anchors[0];
}
