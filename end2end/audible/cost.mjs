// What a listener's browser spends: the room page, playing with nothing touched, against a page that has nothing but an
// <audio> with the same file; the same flags, one after the other, all processes of the browser together.

import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { cpuSecOfTree } from '../harness/processes.mjs';
import { openEar } from './browser.mjs';
import { pause, playing } from './scenarios.mjs';
import { startPulse } from './pulse.mjs';
import { startRecording } from './record.mjs';

/** A page has loaded, settled and been forgotten by then. */
const WARM_UP_SEC = 15;
export const COST_SEC = 60;
/** A page that plays nothing is cheap, and no measure. */
const SOUNDING_PEAK = 100;

/** @typedef {{ roomPercent: number, barePercent: number, seconds: number }} Cost in percent of one core */

/**
 * The last ear of a stage, in a room that plays.
 * @param {import('./stage.mjs').Stage} stage
 */
export async function roomPercent(stage) {
  await playing(stage, WARM_UP_SEC + COST_SEC);
  return percentOf(stage.ears[stage.ears.length - 1].pid, stage.recording);
}

/**
 * @param {string} file
 * @param {(() => unknown)[]} undo
 */
export async function barePercent(file, undo) {
  const pulse = await startPulse();
  undo.unshift(() => pulse.stop());
  const recording = await startRecording(pulse);
  undo.unshift(() => recording.discard(), () => recording.finish());
  const server = createServer((request, response) => answer(request, response, file)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  undo.unshift(() => server.closeAllConnections(), () => server.close());
  const ears = await Promise.all([0, 1].map((channel) => openEar('chromium', { pulse, channel })));
  undo.unshift(...ears.map((ear) => ear.close));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  await Promise.all(ears.map(({ page }) => page.goto(`http://127.0.0.1:${port}/`)));
  return percentOf(ears[1].pid, recording);
}

/**
 * @param {number} pid
 * @param {import('./record.mjs').Recording} recording
 */
async function percentOf(pid, recording) {
  await pause(WARM_UP_SEC);
  const [fromMs, fromSec] = [performance.now(), cpuSecOfTree(pid)];
  const heardFromSec = recording.nowSec;
  await pause(COST_SEC);
  const percent = (100_000 * (cpuSecOfTree(pid) - fromSec)) / (performance.now() - fromMs);
  const heardToSec = recording.nowSec;
  await recording.finish();
  for (let sec = heardFromSec; sec + 5 <= heardToSec; sec += 5) {
    if (!recording.channel(1, sec, sec + 5).some((sample) => Math.abs(sample) > SOUNDING_PEAK)) throw new Error('the page fell silent while its cost was measured');
  }
  return percent;
}

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 * @param {string} file
 */
function answer(request, response, file) {
  if (request.url !== '/audio') {
    response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><title>bare</title><audio src="/audio" autoplay loop></audio>');
    return;
  }
  const { size } = statSync(file);
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const [first, last] = [Number(range?.[1] ?? 0), Number(range?.[2] || size - 1)];
  response.writeHead(range ? 206 : 200, {
    'Content-Type': 'audio/wav',
    'Accept-Ranges': 'bytes',
    'Content-Length': last - first + 1,
    ...(range && { 'Content-Range': `bytes ${first}-${last}/${size}` }),
  });
  createReadStream(file, { start: first, end: last }).on('error', () => response.destroy()).pipe(response);
}
