// What people do in a room while the recorder runs. Each scenario notes in the recording when something was due to be
// heard and until when the ears should sound together; what they sounded like, figures.mjs reads afterwards. A scenario
// whose action did not take place throws. What befalls a listener is in recovery.mjs.

import { untilPage } from './browser.mjs';
import { countHeard, entriesOf } from './ledger.mjs';

/** So long after an action everybody has to be in step (manual/sync.md). */
export const SETTLE_SEC = 4;
/** How long pages may take to say that they are in step, before something else is done in the room. */
const CALM_LIMIT_SEC = 12;
const POLL_MS = 100;

/** @typedef {import('./stage.mjs').Stage} Stage */

/**
 * @typedef {object} Stretch
 * @property {string} part what of the scenario it is, when a scenario has more than one; else empty
 * @property {number} dueSec in the recording: when the action was due to be heard
 * @property {number} settledSec in the recording: from here on the promise holds
 * @property {number} endSec in the recording
 * @property {number[]} ears the listeners compared with the host
 * @property {{ ear: number, fromSec: number, toSec: number }} [silence] who cannot have sounded meanwhile, if the action took place
 * @property {boolean} [seam] one track gives way to another at `dueSec`
 * @property {boolean} [relative] only the change of the lag is known
 * @property {Wear[]} [wear] of each ear
 * @property {(number | null)[]} saidMs at the end: how far ahead of the timeline each ear's page says it is
 */

/** @typedef {import('./ledger.mjs').Writes & { seconds: number, trafficBytes: number | null }} Wear what it took to stay in step; traffic where the engine tells of it */

/** @typedef {(stage: Stage, times: { listenSec: number }) => Promise<Stretch[]>} Scenario */

/** A seek goes to whichever is farther away, so that one that was missed cannot be taken for a hit. */
const PLACES_SEC = { early: 20, late: 55 };

/** @type {Scenario} */
export async function start(stage, { listenSec }) {
  await stage.api.control(stage.code, 'stop').catch(ignoreNothingPlaying);
  await pause(1);
  const dueSec = await due(stage, stage.api.control(stage.code, 'play', { trackId: stage.tracks.main.id }));
  return [await listen(stage, dueSec, listenSec)];
}

/** @type {Scenario} */
export async function resume(stage, { listenSec }) {
  await playing(stage, listenSec);
  await stage.api.control(stage.code, 'pause');
  await pause(2);
  const silence = { ear: 0, fromSec: stage.recording.nowSec - 1, toSec: stage.recording.nowSec };
  const dueSec = await due(stage, stage.api.control(stage.code, 'resume'));
  return [{ ...(await listen(stage, dueSec, listenSec)), silence }];
}

/** @type {Scenario} */
export async function seek(stage, { listenSec }) {
  await playing(stage, listenSec);
  const here = (await stage.api.playback(stage.code)).positionSec;
  const positionSec = here > (PLACES_SEC.early + PLACES_SEC.late) / 2 ? PLACES_SEC.early : PLACES_SEC.late;
  const dueSec = await due(stage, stage.api.control(stage.code, 'seek', { positionSec }));
  const stretch = await listen(stage, dueSec, listenSec);
  const there = (await stage.api.playback(stage.code)).positionSec;
  if (Math.abs(there - positionSec - listenSec) > 2) throw new Error(`the seek to ${positionSec} s led to ${there} s`);
  return [stretch];
}

/**
 * The last ear leaves and comes back. Due is when its page is asked for, so loading it counts.
 * @type {Scenario}
 */
export async function lateJoin(stage, { listenSec }) {
  await playing(stage, listenSec);
  const joiner = stage.ears.length - 1;
  const { page } = stage.ears[joiner];
  // Not to another site: WebKitWebDriver does not find back from there.
  await page.goto(new URL('/healthz', stage.roomUrls[joiner]).href);
  await pause(2);
  const dueSec = stage.recording.nowSec;
  await page.goto(stage.roomUrls[joiner]);
  return [{ ...(await listen(stage, dueSec, listenSec, [joiner])), silence: { ear: joiner, fromSec: dueSec - 1, toSec: dueSec } }];
}

/** The host skips to the next track of the queue. @type {Scenario} */
export async function skip(stage, { listenSec }) {
  await playing(stage, listenSec);
  const { id } = other(stage);
  await stage.api.clearQueue(stage.code);
  await stage.api.addToQueue(stage.code, [id]);
  const dueSec = await due(stage, stage.api.control(stage.code, 'next'));
  await turnsTo(stage, id, 5);
  return [await listen(stage, dueSec, listenSec)];
}

/** A short track ends by itself, and the queue goes on. @type {Scenario} */
export async function handOver(stage, { listenSec }) {
  const { main, brief } = stage.tracks;
  if (!brief) throw new Error('the hand-over needs a short track');
  await stage.api.clearQueue(stage.code);
  await stage.api.addToQueue(stage.code, [main.id]);
  await stage.api.control(stage.code, 'play', { trackId: brief.id });
  const { startAtServerMs, serverTimestampMs } = await turnsTo(stage, main.id, brief.durationSec + 10);
  const dueSec = stage.recording.nowSec + (startAtServerMs - serverTimestampMs) / 1_000;
  return [{ ...(await listen(stage, dueSec, listenSec)), seam: true }];
}

/** @type {Scenario} */
export async function steady(stage, { listenSec }) {
  await playing(stage, listenSec + 10);
  await stage.api.control(stage.code, 'repeat', { mode: 'one' });
  const stretch = await undisturbed(stage, listenSec);
  await stage.api.control(stage.code, 'repeat', { mode: 'off' });
  return [stretch];
}

/**
 * Nothing is done, and what the pages do is counted.
 * @param {Stage} stage
 * @param {number} seconds
 * @returns {Promise<Stretch>}
 */
export async function undisturbed(stage, seconds) {
  const before = await Promise.all(stage.ears.map(async ({ page, traffic }) => ({ entries: (await entriesOf(page)).length, bytes: bytesOf(traffic) })));
  const dueSec = stage.recording.nowSec;
  await pause(seconds);
  const endSec = stage.recording.nowSec;
  const wear = await Promise.all(
    stage.ears.map(async ({ page, traffic }, ear) => ({
      ...countHeard(await entriesOf(page, before[ear].entries)),
      seconds: endSec - dueSec,
      trafficBytes: traffic && bytesOf(traffic) - before[ear].bytes,
    })),
  );
  return { part: '', dueSec, settledSec: dueSec, endSec, ears: others(stage), wear, saidMs: await said(stage) };
}

/** @param {Stage} stage */
export function said({ ears }) {
  return Promise.all(
    ears.map(({ page }) =>
      page.evaluate(() => {
        const drift = document.querySelector('[data-testid=sync-status]')?.getAttribute('data-drift-ms');
        return drift ? Number(drift) : null;
      }),
    ),
  );
}

/** @param {import('./traffic.mjs').Traffic | null} traffic */
function bytesOf(traffic) {
  return traffic === null ? 0 : traffic.upBytes + traffic.downBytes;
}

/**
 * Sees to it that the main track plays, with so much of it left, and that the pages had time to get into step.
 * @param {Stage} stage
 * @param {number} leftSec
 */
export async function playing(stage, leftSec) {
  const { api, code, tracks } = stage;
  const { status, track, positionSec } = await api.playback(code);
  if (status === 'playing' && track?.id === tracks.main.id && positionSec + leftSec + CALM_LIMIT_SEC < tracks.main.durationSec) return;
  if (status === 'paused' && track?.id === tracks.main.id) await api.control(code, 'resume');
  else await api.control(code, 'play', { trackId: tracks.main.id });
  await turnsTo(stage, tracks.main.id, 10);
  await calm(stage);
}

/** Waits until all pages say that they are in step; not for ever, because what they say is not what counts. @param {Stage} stage */
export async function calm({ ears }) {
  await pause(SETTLE_SEC);
  const isInStep = () => document.querySelector('[data-testid=sync-status][data-state=in-sync]') !== null;
  const inStep = ears.map(({ page }) => untilPage(page, isInStep, undefined, CALM_LIMIT_SEC * 1_000));
  await Promise.allSettled(inStep);
}

/**
 * @param {Stage} stage
 * @param {number} dueSec
 * @param {number} listenSec
 * @param {number[]} ears
 * @returns {Promise<Stretch>}
 */
export async function listen(stage, dueSec, listenSec, ears = others(stage)) {
  await pause(dueSec + listenSec - stage.recording.nowSec);
  const { status } = await stage.api.playback(stage.code);
  if (status !== 'playing') throw new Error(`the room does not play: ${status}`);
  return { part: '', dueSec, settledSec: dueSec + Math.min(SETTLE_SEC, listenSec / 2), endSec: dueSec + listenSec, ears, saidMs: await said(stage) };
}

/** @param {Stage} stage */
export function others({ ears }) {
  return ears.map((_, ear) => ear).slice(1);
}

/** @param {number} seconds */
export function pause(seconds) {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, seconds) * 1_000));
}

/**
 * Waits until the room plays a track.
 * @param {Stage} stage
 * @param {string} trackId
 * @param {number} limitSec
 */
async function turnsTo({ api, code }, trackId, limitSec) {
  for (const giveUpAt = performance.now() + limitSec * 1_000; performance.now() < giveUpAt; ) {
    const playback = await api.playback(code);
    if (playback.track?.id === trackId && playback.status === 'playing') return playback;
    await pause(POLL_MS / 1_000);
  }
  throw new Error('the room did not turn to the track');
}

/**
 * When a scheduled action is to be heard, in the recording: the answer says how far ahead of the server's now it lies.
 * @param {Stage} stage
 * @param {Promise<import('../harness/api.mjs').Scheduled>} action
 */
async function due({ recording }, action) {
  const { startAtServerMs, serverTimestampMs } = await action;
  return recording.nowSec + (startAtServerMs - serverTimestampMs) / 1_000;
}

/** @param {Stage} stage */
function other({ tracks }) {
  if (!tracks.other) throw new Error('this needs a second track');
  return tracks.other;
}

/** Before the first start there is nothing to stop, and the server may say so. @param {unknown} error */
function ignoreNothingPlaying(error) {
  if (!(error instanceof Error && error.name === 'Refused')) throw error;
}
