// What befalls a listener, or the whole room, while music plays: a tab that is hidden, a laptop that sleeps, a network
// that is gone, a server that dies, a busy processor. Each is two stretches, while it lasts and from its end on; in the
// second, due is the moment of coming back. It happens to the last ear, and is checked to have happened.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpuSecOfTree, processTree, signalTree } from '../harness/processes.mjs';
import { foreignness, FAST_PPM } from './foreign-clock.mjs';
import { playwrightOf } from './stage.mjs';
import { calm, listen, others, pause, playing, said, undisturbed } from './scenarios.mjs';

/** @typedef {import('./stage.mjs').Stage} Stage */
/** @typedef {import('./scenarios.mjs').Stretch} Stretch */
/** @typedef {{ listenSec: number, awaySec: number }} Times how long it lasts, and how long to listen afterwards */

/**
 * Another tab in front, in a browser with a real window, then this one again.
 * @param {Stage} stage
 * @param {Times} times
 */
export async function hidden(stage, { listenSec, awaySec }) {
  await playing(stage, awaySec + listenSec);
  const { page, context } = playwrightOf(guest(stage));
  const inFront = await context.newPage();
  await page.waitForFunction(() => document.visibilityState === 'hidden', undefined, { timeout: 5_000, polling: 100 });
  const away = await meanwhile(stage, awaySec);
  if ((await page.evaluate(() => document.visibilityState)) !== 'hidden') throw new Error('the tab did not stay hidden');
  await inFront.close();
  await page.bringToFront();
  await page.waitForFunction(() => document.visibilityState === 'visible', undefined, { timeout: 5_000, polling: 50 });
  return [away, await back(stage, stage.recording.nowSec, listenSec)];
}

/**
 * All processes of the browser stop, as on a laptop that is shut, and go on as if nothing had been.
 * @param {Stage} stage
 * @param {Times} times
 */
export async function asleep(stage, { listenSec, awaySec }) {
  await playing(stage, awaySec + listenSec);
  const { pid } = guest(stage);
  signalTree(pid, 'SIGSTOP');
  const fromSec = stage.recording.nowSec;
  try {
    await pause(awaySec);
    const awake = processTree(pid).filter(({ state }) => state !== 'T');
    if (awake.length > 0) throw new Error(`${awake.length} processes of the browser did not sleep`);
  } finally {
    signalTree(pid, 'SIGCONT');
  }
  const dueSec = stage.recording.nowSec;
  // What the card still held sounds on for a moment.
  const silence = { ear: stage.ears.length - 1, fromSec: fromSec + 3, toSec: dueSec };
  return [{ ...(await back(stage, dueSec, listenSec)), silence }];
}

/**
 * Nothing passes between the listener and the server, and nobody is told.
 * @param {Stage} stage
 * @param {Times} times
 */
export async function blackOut(stage, { listenSec, awaySec }) {
  await playing(stage, awaySec + listenSec);
  const proxy = stage.proxies[stage.proxies.length - 1];
  if (!proxy) throw new Error('a black-out needs a proxy');
  proxy.blackOut();
  const passed = proxy.passedBytes;
  const away = await meanwhile(stage, awaySec);
  if (proxy.passedBytes !== passed) throw new Error('the network was not gone');
  proxy.comeBack();
  const dueSec = stage.recording.nowSec;
  const returned = await back(stage, dueSec, listenSec);
  if (proxy.passedBytes === passed) throw new Error('nobody came back to the network');
  return [away, returned];
}

/**
 * `kill -9`, so many seconds of nothing, and a start; the whole room has to live with it.
 * @param {Stage} stage
 * @param {Times} times
 */
export async function restart(stage, { listenSec, awaySec }) {
  await playing(stage, awaySec + listenSec);
  await stage.server.kill();
  const away = await meanwhile(stage, awaySec);
  const isReconnecting = () => document.querySelector('[data-testid=sync-status][data-state=reconnecting]') !== null;
  const noticed = (await Promise.all(stage.ears.map(({ page }) => page.evaluate(isReconnecting)))).filter(Boolean).length;
  await stage.server.start();
  if (noticed === 0) throw new Error('no page noticed that the server was gone');
  return [away, await back(stage, stage.recording.nowSec, listenSec)];
}

/**
 * `kill -9` and a start at once, again and again. Nobody should hear of it, so what is promised holds from the first moment.
 * @param {Stage} stage
 * @param {{ listenSec: number }} times
 */
export async function killed(stage, { listenSec }) {
  await playing(stage, listenSec);
  const { streamId } = await stage.api.playback(stage.code);
  const dueSec = stage.recording.nowSec;
  await stage.server.kill();
  await stage.server.start();
  const stretch = await listen(stage, dueSec, listenSec);
  if ((await stage.api.playback(stage.code)).streamId !== streamId) throw new Error('another stream plays');
  return [{ ...stretch, settledSec: dueSec }];
}

/**
 * The server's process is stopped for so long, and goes on as if nothing had been.
 * @param {Stage} stage
 * @param {Times} times
 */
export async function standstill(stage, { listenSec, awaySec }) {
  await playing(stage, awaySec + listenSec);
  process.kill(stage.server.pid, 'SIGSTOP');
  let away;
  try {
    away = await meanwhile(stage, awaySec);
  } finally {
    process.kill(stage.server.pid, 'SIGCONT');
  }
  return [away, await back(stage, stage.recording.nowSec, listenSec)];
}

/**
 * Two loops that want a processor each, for as long as it lasts.
 * @param {Stage} stage
 * @param {Times} times
 */
export async function busy(stage, { listenSec, awaySec }) {
  await playing(stage, awaySec + listenSec);
  const loops = [0, 1].map(() => spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }));
  const exitHook = () => loops.forEach((loop) => loop.kill('SIGKILL'));
  process.once('exit', exitHook);
  try {
    await Promise.all(loops.map((loop) => once(loop, 'spawn')));
    const away = await meanwhile(stage, awaySec);
    const usedSec = loops.reduce((sum, { pid }) => sum + cpuSecOfTree(Number(pid)), 0);
    if (usedSec < awaySec / 2) throw new Error(`the processor was not busy: ${usedSec.toFixed(1)} s of it used`);
    exitHook();
    return [away, await back(stage, stage.recording.nowSec, listenSec)];
  } finally {
    exitHook();
    process.removeListener('exit', exitHook);
  }
}

/**
 * A long look at a listener whose sound card is not the host's. That its clock runs fast is checked in the recordings.
 * @param {Stage} stage
 * @param {{ listenSec: number }} times
 */
export async function fastCard(stage, { listenSec }) {
  await playing(stage, listenSec);
  const stretch = await undisturbed(stage, listenSec);
  const fastPpm = (stage.recordings[stage.ears.length - 1].clock().slope / stage.recording.clock().slope - 1) * 1e6;
  if (Math.abs(fastPpm - FAST_PPM) > FAST_PPM / 2) throw new Error(`the second card runs ${fastPpm.toFixed(0)} ppm fast`);
  return [{ ...stretch, relative: true }];
}

/**
 * A look at a listener whose page has the clocks of another machine.
 * @param {Stage} stage
 * @param {{ listenSec: number }} times
 */
export async function foreignClock(stage, { listenSec }) {
  await playing(stage, listenSec);
  const { fastPpm, wrongByMs } = await foreignness(guest(stage).page);
  if (Math.abs(fastPpm - FAST_PPM) > 1 || wrongByMs < 3_000_000) throw new Error(`the page's clock is ${fastPpm} ppm fast and ${wrongByMs} ms off`);
  return [await undisturbed(stage, listenSec)];
}

/**
 * From the action until it ends. The sound should not care, so what is promised holds from the first moment.
 * @param {Stage} stage
 * @param {number} seconds
 * @returns {Promise<Stretch>}
 */
async function meanwhile(stage, seconds) {
  const dueSec = stage.recording.nowSec;
  await pause(seconds);
  return { part: 'while it lasts', dueSec, settledSec: dueSec, endSec: stage.recording.nowSec, ears: others(stage), saidMs: await said(stage) };
}

/**
 * @param {Stage} stage
 * @param {number} dueSec
 * @param {number} listenSec
 * @returns {Promise<Stretch>}
 */
async function back(stage, dueSec, listenSec) {
  const stretch = await listen(stage, dueSec, listenSec);
  await calm(stage);
  return { ...stretch, part: 'afterwards' };
}

/** @param {Stage} stage */
function guest({ ears }) {
  return ears[ears.length - 1];
}
