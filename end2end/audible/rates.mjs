// What a change of the rate, a seek, or a pause does to the sound of an engine, and what its `currentTime` says of it. One
// browser plays a known sound through a list of rates; the recording is compared with the sound itself, so that each step
// tells how far the engine moved, how far it should have, how far it believes to have, how far its sound is ahead of what
// it believes, and whether anything broke on the way. Where what is heard and what is believed part, no controller can
// see it: that is what a policy (src/sync/engine.rs) has to know.
//
//   node audible/rates.mjs --engine firefox [--steps 1*4,1.003*5,1.000001*10]     a rate and its seconds, in order
//   node audible/rates.mjs --engine webkit --steps 1.0001*4,1.0001@50*6           and a seek 50 ms ahead of where it is
//   node audible/rates.mjs --engine firefox --steps 1.00001*4,1.00001~20*6        and a pause of 20 ms

import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { cacheDir } from '../harness/places.mjs';
import { ENGINE_NAMES, openEar } from './browser.mjs';
import { lagWindows } from './lag.mjs';
import { startPulse } from './pulse.mjs';
import { startRecording } from './record.mjs';
import { markdown } from './report.mjs';
import { RATE_HZ, testSignal, writeWav } from './signal.mjs';
import { tearDown } from './stage.mjs';

/** Next to 1, and not 1: some engines do something else at exactly 1. It drifts by 0.06 ms a minute. */
const NEXT_TO_ONE = 1 + 2 ** -20;
const USUAL = [1, NEXT_TO_ONE, 1.003, NEXT_TO_ONE, 0.997, NEXT_TO_ONE, 1.01, NEXT_TO_ONE, 1.0002, NEXT_TO_ONE, 0.9998, NEXT_TO_ONE, 1]
  .map((rate) => `${rate}*5`)
  .join(',');

const { values } = parseArgs({ options: { engine: { type: 'string', default: 'firefox' }, steps: { type: 'string', default: USUAL } } });
const engine = ENGINE_NAMES.find((name) => name === values.engine);
if (!engine) throw new Error(`--engine is one of ${ENGINE_NAMES.join(', ')}`);
const steps = values.steps.split(',').map((step) => {
  const [, rate, aheadMs, pauseMs, seconds] = (/^([\d.]+)(?:@(-?[\d.]+)|~([\d.]+))?\*([\d.]+)$/.exec(step) ?? []).map(Number);
  if (!(rate > 0 && seconds >= 3)) throw new Error(`${step} is no rate and its seconds, 3 at least`);
  const given = (/** @type {number} */ ms) => (Number.isFinite(ms) ? ms : undefined);
  return { rate, seconds, aheadMs: given(aheadMs), pauseMs: given(pauseMs) };
});

/** Before the first step, and after the last. */
const SETTLE_SEC = 4;
/** What is read of an element, and heard of it, at the end of a step. */
const LOOK_SEC = 1.5;
/** In so long a piece one can hear whether it is the music; a piece that is less like it is a mark. */
const PIECE_SEC = 0.01;
const LIKE = 0.7;
const signal = testSignal(SETTLE_SEC + steps.reduce((sum, { seconds }) => sum + seconds * 1.02 + 1, 10), 5);

/** @type {(() => unknown)[]} */
const undo = [];
for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => process.exit(1));
await hear().finally(() => tearDown(undo));

/** @typedef {{ atMs: number, positionSec: number }} Read by the clock of the machine */

async function hear() {
  const url = await served();
  const pulse = await startPulse();
  undo.unshift(() => pulse.stop());
  const recording = await startRecording(pulse);
  undo.unshift(() => recording.discard(), () => recording.finish());
  const ear = await openEar(/** @type {import('./browser.mjs').EngineName} */ (engine), { pulse, channel: 0 });
  undo.unshift(ear.close);
  await ear.page.goto(url);
  const startedSec = await play(ear.page, steps[0].rate, () => recording.nowSec);
  await readFor(ear.page, SETTLE_SEC);
  /** @type {{ rate: number, seconds: number, reads: Read[], endSec: number }[]} */
  const done = [{ rate: steps[0].rate, seconds: 0, reads: await readFor(ear.page, LOOK_SEC), endSec: recording.nowSec }];
  for (const { rate, seconds, aheadMs, pauseMs } of steps) {
    await ear.page.evaluate(
      ({ rate, aheadMs, pauseMs }) => {
        const { audio } = /** @type {{ audio?: HTMLAudioElement }} */ (window);
        if (!audio) return;
        if (audio.playbackRate !== rate) audio.playbackRate = rate;
        if (aheadMs !== null) audio.currentTime += aheadMs / 1_000;
        if (pauseMs === null) return;
        audio.pause();
        setTimeout(() => audio.play(), pauseMs);
      },
      { rate, aheadMs: aheadMs ?? null, pauseMs: pauseMs ?? null },
    );
    await readFor(ear.page, seconds - LOOK_SEC);
    done.push({ rate, seconds, reads: await readFor(ear.page, LOOK_SEC), endSec: recording.nowSec });
  }
  await recording.finish();

  // Of the whole recording once; the sound stands where it would be, had it begun at once and never changed its rate.
  const channel = recording.channel(0, startedSec, recording.nowSec);
  const sound = Int16Array.from({ length: channel.length }, (_, i) => Math.round((signal[i] ?? 0) * 32_767));
  const windows = lagWindows(sound, channel, RATE_HZ);
  const card = recording.clock();
  const epochMs = performance.timeOrigin;
  const looks = done.map(({ rate, reads, endSec }) => {
    const [fromSec, toSec] = [endSec - LOOK_SEC - startedSec, endSec - startedSec - 0.1];
    const heard = windows.filter(({ atSec }) => atSec >= fromSec && atSec + 1 <= toSec + 0.5);
    const lags = heard.flatMap(({ lagMs }) => lagMs ?? []);
    // Both as how far the element is ahead of the card, ms, up to a constant.
    const believedMs = mean(reads.map(({ atMs, positionSec }) => positionSec * 1_000 - (card.at(atMs - epochMs) / RATE_HZ) * 1_000));
    const heardMs = lags.length > 0 ? -mean(lags) : NaN;
    return { rate, heardMs, believedMs, aheadMs: heardMs - startedSec * 1_000 - believedMs };
  });
  // From the middle of a look to the middle of the next: the end of a step counts half of its look.
  const idealOf = (/** @type {number} */ i) =>
    (steps[i].aheadMs ?? 0) - (steps[i].pauseMs ?? 0) + 1_000 * ((steps[i].rate - 1) * (done[i + 1].endSec - done[i].endSec - LOOK_SEC / 2) + (looks[i].rate - 1) * (LOOK_SEC / 2));
  const rows = steps.map(({ rate, seconds, aheadMs, pauseMs }, i) => {
    // A window that is bent much is like nothing: then the next one that is tells for both.
    let since = i;
    while (since > 0 && Number.isNaN(looks[since].heardMs)) since -= 1;
    const [before, after] = [looks[since], looks[i + 1]];
    const [fromSec, toSec] = [done[i].endSec - startedSec, done[i + 1].endSec - startedSec];
    const clarity = Math.min(...windows.filter(({ atSec }) => atSec >= fromSec - 0.5 && atSec + 1 <= toSec).map(({ clarity }) => clarity));
    const heard = after.heardMs - before.heardMs;
    const believed = after.believedMs - before.believedMs;
    const ideal = steps.slice(since, i + 1).reduce((sum, _, n) => sum + idealOf(since + n), 0);
    const marks = markedMs(sound, channel, { fromSec: fromSec - 0.1, toSec: toSec - LOOK_SEC }, [before.heardMs, after.heardMs]);
    const named = String(Number(rate.toFixed(7))) + (aheadMs === undefined ? '' : `, seek ${aheadMs}`) + (pauseMs === undefined ? '' : `, pause ${pauseMs}`);
    return [named, seconds.toFixed(0), ...[ideal, heard, believed, heard - believed, after.aheadMs].map((ms) => (Number.isFinite(ms) ? ms.toFixed(2) : '–')), clarity.toFixed(3), Number.isFinite(marks) ? marks.toFixed(0) : '–'];
  });
  console.log(`${ear.engine} ${ear.version}\n`);
  console.log(markdown(['rate', 'for s', 'should move by ms', 'heard', 'by currentTime', 'unseen', 'sound ahead', 'lowest clarity', 'ms that are not the music'], rows, 0, 8));
}

/**
 * How much of a stretch is not like the sound, wherever between two lags it is looked for: silence, stutter, clicks; ms.
 * @param {Int16Array} sound
 * @param {Int16Array} heard
 * @param {{ fromSec: number, toSec: number }} stretch
 * @param {[number, number]} aheadMs how far ahead of the sound it was before, and after
 */
function markedMs(sound, heard, { fromSec, toSec }, aheadMs) {
  const [least, most] = [Math.min(...aheadMs) - 1, Math.max(...aheadMs) + 1].map((ms) => Math.round((ms / 1_000) * RATE_HZ));
  if (!Number.isFinite(least) || !Number.isFinite(most)) return NaN;
  const piece = Math.round(PIECE_SEC * RATE_HZ);
  let marked = 0;
  for (let at = Math.round(fromSec * RATE_HZ); at + piece <= toSec * RATE_HZ; at += piece) {
    let best = 0;
    for (let ahead = least; ahead <= most && best < LIKE; ahead++) best = Math.max(best, likeness(sound, at + ahead, heard, at, piece));
    if (best < LIKE) marked += PIECE_SEC * 1_000;
  }
  return marked;
}

/**
 * The correlation coefficient of two pieces.
 * @param {Int16Array} a
 * @param {number} fromA
 * @param {Int16Array} b
 * @param {number} fromB
 * @param {number} length
 */
function likeness(a, fromA, b, fromB, length) {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < length; i++) {
    const [x, y] = [a[fromA + i] ?? 0, b[fromB + i] ?? 0];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}

/** An address with an empty page, and the sound beside it. */
async function served() {
  const path = `${cacheDir('audible')}/rates.wav`;
  writeWav(path, signal);
  const file = readFileSync(path);
  const server = createServer((request, response) => {
    if (request.url !== '/sound.wav') return void response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><title>rates</title>');
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
    const [from, to] = range ? [Number(range[1]), range[2] ? Number(range[2]) : file.length - 1] : [0, file.length - 1];
    response.writeHead(range ? 206 : 200, {
      'Content-Type': 'audio/wav',
      'Accept-Ranges': 'bytes',
      'Content-Length': to - from + 1,
      ...(range ? { 'Content-Range': `bytes ${from}-${to}/${file.length}` } : {}),
    });
    response.end(file.subarray(from, to + 1));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  undo.unshift(() => server.close());
  return `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}/`;
}

/**
 * Plays the sound from its beginning; when that was, as the recording has it.
 * @param {import('./browser.mjs').EarPage} page
 * @param {number} rate
 * @param {() => number} nowSec
 */
async function play(page, rate, nowSec) {
  await page.evaluate(async (rate) => {
    const audio = new Audio('/sound.wav');
    Object.assign(window, { audio });
    Object.assign(audio, { preservesPitch: false, preload: 'auto' });
    await new Promise((resolve, reject) => {
      audio.addEventListener('canplaythrough', resolve, { once: true });
      audio.addEventListener('error', () => reject(new Error(String(audio.error?.message))), { once: true });
      audio.load();
    });
    audio.playbackRate = rate;
  }, rate);
  const before = nowSec();
  await page.evaluate(() => /** @type {{ audio?: HTMLAudioElement }} */ (window).audio?.play());
  return before;
}

/**
 * @param {import('./browser.mjs').EarPage} page
 * @param {number} seconds
 * @returns {Promise<Read[]>}
 */
function readFor(page, seconds) {
  return page.evaluate(async (seconds) => {
    const { audio } = /** @type {{ audio?: HTMLAudioElement }} */ (window);
    const reads = [];
    for (const endMs = performance.now() + seconds * 1_000; performance.now() < endMs; ) {
      const positionSec = audio?.currentTime ?? NaN;
      reads.push({ atMs: performance.timeOrigin + performance.now(), positionSec });
      // Uneven, so that the steps of `currentTime` are met everywhere.
      await new Promise((resolve) => setTimeout(resolve, 7 + Math.random() * 12));
    }
    return reads;
  }, seconds);
}

/** @param {number[]} values */
function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
