// What is done in the room while the recorder runs. Each scenario notes in the recording when something was due to
// happen and until when the ears should sound together; what they sounded like, measure.mjs reads afterwards.

/** So long after an action everybody has to be in step (manual/sync.md). */
export const SETTLE_SEC = 4;

/**
 * @typedef {object} Stage everything a scenario may use
 * @property {import('./browser.mjs').Ear[]} ears the host is the first
 * @property {string[]} roomUrls the room's page as each ear reaches it, through its own network
 * @property {import('../harness/api.mjs').Api} api with the host's rights
 * @property {string} code
 * @property {import('./record.mjs').Recording} recording
 * @property {Pace} pace
 */

/**
 * @typedef {object} Pace
 * @property {number} listenSec how long to listen after an action
 * @property {number} steadySec how long the steady stretch is
 * @property {number} repeats how often each action is done
 */

/**
 * @typedef {object} Stretch
 * @property {string} scenario
 * @property {string} track
 * @property {number} dueSec in the recording: when the action was due to be heard
 * @property {number} settledSec in the recording: from here on the promise holds
 * @property {number} endSec in the recording
 * @property {number[]} ears the listeners compared with the host
 */

/** @typedef {(stage: Stage, track: import('../harness/api.mjs').Track) => Promise<Stretch>} Scenario */

/** A seek goes to whichever is farther away, so that one that was missed cannot be taken for a hit. */
const PLACES_SEC = { early: 20, late: 55 };

/** @type {Scenario} */
async function start(stage, track) {
  await stage.api.control(stage.code, 'stop').catch(ignoreNothingPlaying);
  await pause(1);
  const dueSec = await due(stage, stage.api.control(stage.code, 'play', { trackId: track.id }));
  await expectPlaying(stage);
  return listen(stage, 'start', track, dueSec);
}

/** @type {Scenario} */
async function resume(stage, track) {
  await stage.api.control(stage.code, 'pause');
  await pause(2);
  const dueSec = await due(stage, stage.api.control(stage.code, 'resume'));
  return listen(stage, 'pause/resume', track, dueSec);
}

/** @type {Scenario} */
async function seek(stage, track) {
  const here = (await stage.api.playback(stage.code)).positionSec;
  const positionSec = here > (PLACES_SEC.early + PLACES_SEC.late) / 2 ? PLACES_SEC.early : PLACES_SEC.late;
  const dueSec = await due(stage, stage.api.control(stage.code, 'seek', { positionSec }));
  return listen(stage, 'seek', track, dueSec);
}

/**
 * The last ear leaves and comes back. Due is when its page is asked for, so loading it counts.
 * @type {Scenario}
 */
async function lateJoin(stage, track) {
  const joiner = stage.ears.length - 1;
  const { page } = stage.ears[joiner];
  await page.goto('about:blank');
  await pause(2);
  const dueSec = stage.recording.nowSec;
  await page.goto(stage.roomUrls[joiner]);
  return listen(stage, 'late join', track, dueSec, [joiner]);
}

/** @type {Scenario} */
async function steady(stage, track) {
  const dueSec = stage.recording.nowSec;
  await pause(stage.pace.steadySec);
  return { scenario: 'steady', track: track.title, dueSec, settledSec: dueSec, endSec: stage.recording.nowSec, ears: others(stage) };
}

/**
 * Everything, on one track: starts, resumes, seeks and late joins as often as the pace says, then the steady stretch.
 * @param {Stage} stage
 * @param {import('../harness/api.mjs').Track} track
 * @param {(scenario: string) => void} announce
 */
export async function playThrough(stage, track, announce) {
  /** @type {Stretch[]} */
  const stretches = [];
  for (let round = 0; round < stage.pace.repeats; round++) {
    for (const scenario of [start, seek, resume, lateJoin]) {
      const stretch = await scenario(stage, track);
      announce(stretch.scenario);
      stretches.push(stretch);
    }
  }
  await stage.api.control(stage.code, 'repeat', { mode: 'one' });
  await pause(SETTLE_SEC);
  stretches.push(await steady(stage, track));
  announce('steady');
  await stage.api.control(stage.code, 'repeat', { mode: 'off' });
  return stretches;
}

/**
 * @param {Stage} stage
 * @param {string} scenario
 * @param {import('../harness/api.mjs').Track} track
 * @param {number} dueSec
 * @param {number[]} ears
 * @returns {Promise<Stretch>}
 */
async function listen(stage, scenario, track, dueSec, ears = others(stage)) {
  await pause(dueSec + stage.pace.listenSec - stage.recording.nowSec);
  return { scenario, track: track.title, dueSec, settledSec: dueSec + SETTLE_SEC, endSec: dueSec + stage.pace.listenSec, ears };
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

/** Both the room and the host's page have to say so, or what follows would measure silence. @param {Stage} stage */
async function expectPlaying({ api, code, ears }) {
  const { status } = await api.playback(code);
  if (status !== 'preparing' && status !== 'playing') throw new Error(`the room does not play: ${status}`);
  await ears[0].page.locator('[data-testid=sync-status]:not([data-state=idle]):not([data-state=paused])').waitFor({ state: 'attached', timeout: 10_000 });
}

/** @param {Stage} stage */
function others({ ears }) {
  return ears.map((_, ear) => ear).slice(1);
}

/** Before the first start there is nothing to stop, and the server may say so. @param {unknown} error */
function ignoreNothingPlaying(error) {
  if (!(error instanceof Error && error.name === 'Refused')) throw error;
}

/** @param {number} seconds */
function pause(seconds) {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, seconds) * 1_000));
}
