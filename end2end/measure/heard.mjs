// The page /measure, end to end: two Chromium play the room with the clicks, each into its own channel of a sound card that
// is not there, and the page in a third one hears that card as its microphone. One of the two plays by an output offset
// that is known. Prints what the page says beside what is true, then does what the page advises, and measures again.
//
//   node measure/heard.mjs [--short]

import { execFileSync } from 'node:child_process';
import { openChromium } from '../audible/engines/chromium.mjs';
import { startPulse } from '../audible/pulse.mjs';
import { startRecording } from '../audible/record.mjs';
import { untilPage } from '../audible/browser.mjs';
import { playwrightOf, tearDown } from '../audible/stage.mjs';
import { startServer } from '../harness/server.mjs';

const isShort = process.argv.includes('--short');
/** How much later device 2 is made to sound. ms */
const LATE_MS = isShort ? [20] : [20, -35, 0];
/** Turns of each device. */
const TURNS = isShort ? 2 : 3;
/** After the page says that it is in step: a correction may still be under way. */
const REST_MS = 10_000;
/** What an element takes until a new volume is heard. */
const VOLUME_MS = 1_500;
/** What the measurement and the room together may be off; both devices share one card here. ms */
const GOAL_MS = 2;

const pause = (/** @type {number} */ ms) => new Promise((done) => setTimeout(done, ms));

/** @type {(() => unknown)[]} */
const undo = [];
try {
  const server = await startServer({ musicDirs: [] });
  undo.unshift(() => server.stop());
  const pulse = await startPulse();
  undo.unshift(() => pulse.stop());
  // An idle null sink runs with seconds of delay; a recorder keeps it awake.
  const recording = await startRecording(pulse);
  undo.unshift(() => recording.discard(), () => recording.finish());
  const pactl = (/** @type {string[]} */ ...args) => execFileSync('pactl', args, { env: { ...process.env, ...pulse.env } });
  // Chromium takes no monitor of a sink for a microphone, and this for one.
  pactl('load-module', 'module-remap-source', 'source_name=microphone', 'master=bus.monitor', 'channels=1', 'channel_map=mono');
  pactl('set-default-source', 'microphone');

  /** @type {import('../audible/browser.mjs').Ear[]} */
  const ears = [];
  for (const channel of [0, 1, 2]) {
    const ear = await openChromium({ pulse, channel });
    undo.unshift(ear.close);
    ears.push(ear);
  }
  const [first, second, laptop] = ears;
  const { page, context } = playwrightOf(laptop);
  await context.grantPermissions(['microphone'], { origin: server.url });
  await page.goto(`${server.url}/measure`);
  await page.getByTestId('measure-make').click();
  const link = await page.getByTestId('measure-link').and(page.locator(':visible')).getAttribute('href', { timeout: 60_000 });
  await Promise.all([first, second].map((ear) => ear.page.goto(String(link))));
  await page.getByTestId('measure-open').click();

  console.log(`Chromium ${first.version}; device 2 later than device 1, in ms`);
  console.log('| made | the page says | ± | clicks | thrown away | median off | after its advice |');
  console.log('|---:|---:|---:|---:|---:|---:|---:|');
  let missed = false;
  for (const lateMs of LATE_MS) {
    await setOffset(second, -lateMs);
    const before = await measured();
    await setOffset(second, -lateMs + Math.sign(before.offsetMs) * advised(before.offsetMs));
    const after = await measured();
    const [, { used, thrownAway, madMs }] = before.devices;
    console.log(`| ${lateMs} | ${before.offsetMs.toFixed(2)} | ${before.errorMs.toFixed(2)} | ${used} | ${thrownAway} | ${madMs.toFixed(2)} | ${after.offsetMs.toFixed(2)} |`);
    missed ||= Math.abs(before.offsetMs - lateMs) > GOAL_MS || Math.abs(after.offsetMs) > GOAL_MS;
  }
  if (missed) process.exitCode = 1;

  /** Turns, as a person takes them. */
  async function measured() {
    for (const { page } of [first, second]) {
      await untilPage(page, () => document.querySelector('[data-testid=sync-status]')?.getAttribute('data-state') === 'in-sync', undefined, 60_000);
    }
    await pause(REST_MS);
    if (await page.locator('[data-part=forget]').isVisible()) await page.locator('[data-part=forget]').click();
    for (let turn = 0; turn < 2 * TURNS; turn++) {
      const device = turn % 2;
      await setVolume(ears[1 - device], 0);
      await setVolume(ears[device], 1);
      await pause(VOLUME_MS);
      await page.getByTestId(`measure-turn-${device + 1}`).click();
      await page.locator(`[data-part=turns] li:nth-child(${turn + 1})`).waitFor({ timeout: 30_000 });
    }
    const report = JSON.parse(await page.locator('[data-part=report]').inputValue());
    if (!report.measured.finding) throw new Error(`refused: ${JSON.stringify(report)}`);
    return /** @type {import('../../public/measure/measuring.mjs').Finding} */ (report.measured.finding);
  }
} finally {
  await tearDown(undo);
}

/** What the page says to change, by its own words. @param {number} offsetMs */
function advised(offsetMs) {
  return Math.round(Math.abs(offsetMs));
}

/** @param {import('../audible/browser.mjs').Ear} ear @param {number} volume */
function setVolume(ear, volume) {
  return playwrightOf(ear).page.getByTestId('volume').fill(String(volume));
}

/** @param {import('../audible/browser.mjs').Ear} ear @param {number} earlierMs */
async function setOffset(ear, earlierMs) {
  const { page } = playwrightOf(ear);
  const slider = page.getByTestId('output-offset');
  if (!(await slider.isVisible())) await page.locator('.sync-line').click();
  await slider.fill(String(earlierMs));
  await slider.dispatchEvent('change');
}
