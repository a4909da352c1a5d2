// Does a file sound where its element says that it is? A known sound in every format, played by two browsers into two
// channels of one recording: WAV in the first, the format in the second, both sent to the same random positions. What the
// recording has them apart, and their `currentTime` does not, is the format's error. It is taken from where the file is when it
// is played from its beginning: what a coder puts in front of the sound is the same for everybody.
//
//   node audible/formats.mjs [--short | --full] [--engine ENGINE]
//
// --full also hears the files as they are, without our renditions; --engine: chromium, firefox or webkit, for both.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Api, libraryHas } from '../harness/api.mjs';
import { cacheDir } from '../harness/places.mjs';
import { startServer } from '../harness/server.mjs';
import { isNoteworthy, stolenShare, ticks } from '../harness/stolen.mjs';
import { ENGINE_NAMES, openEar, openRoom } from './browser.mjs';
import { FORMATS, formatsDir, SECONDS } from './formats/files.mjs';
import { load, playFrom, silence } from './formats/positions.mjs';
import { lagWindows } from './lag.mjs';
import { startPulse } from './pulse.mjs';
import { startRecording } from './record.mjs';
import { markdown } from './report.mjs';
import { RATE_HZ, seededRandom } from './signal.mjs';
import { tearDown } from './stage.mjs';

/**
 * What is called exact is off by no more, wherever it is sent. What Firefox says of a WAV differs by up to 3 from one start
 * to the next.
 */
const EXACT_MS = { chromium: 3, firefox: 5, webkit: 3 };
const SEEKS = { short: 2, full: 4 };
/** Seeks stay away from both ends. */
const MARGIN_SEC = 8;
/** What a browser says of itself in its first seconds wanders by milliseconds on a busy machine. */
const WARM_UP_SEC = 12;
/** So often a format is heard while the host takes nothing, and so often at most. */
const CALM_TURNS = 2;
const TURNS = 4;
/** Where in the recording a reading lies is known to a few hundredths. */
const SLACK_SEC = 0.1;

/** @typedef {{ fromSec: number, toSec: number, apartMs: number, positionSec: number | null }} Take `apartMs`: the format is so far ahead of the WAV, by what the elements say */
/** @typedef {{ errorMs: number, positionSec: number | null }} Heard */

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    engine: { type: 'string', default: 'chromium' },
  },
});
const pace = values.full ? 'full' : 'short';
const engine = ENGINE_NAMES.find((name) => name === values.engine);
if (!engine) {
  console.error(`one of ${ENGINE_NAMES.join(', ')}, not ${values.engine}`);
  process.exit(2);
}
const exactMs = EXACT_MS[engine];
/** @type {(() => unknown)[]} */
const undo = [];
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
process.exitCode = await hearAgain();

/**
 * A format's error is there every time; what a busy moment does to a browser's reads is not. What is not exact is heard once
 * more, alone, and has to be then. What the host held up does not count, up to a limit.
 */
async function hearAgain() {
  let inexact = FORMATS.filter(({ short }) => short || pace === 'full').map(({ name }) => name);
  for (let calm = 0, turn = 1; turn <= TURNS; turn++) {
    if (turn > 1) console.log('What was not exact, once more:\n');
    const before = ticks();
    inexact = await hear(FORMATS.filter(({ name }) => inexact.includes(name)), turn > 1 ? `again-${turn - 1}` : undefined).finally(() => tearDown(undo));
    if (inexact.length === 0) return 0;
    const stolen = stolenShare(before, ticks());
    if (isNoteworthy(stolen)) console.log(`the host took ${(stolen * 100).toFixed(0)} % of the processors meanwhile`);
    else if (++calm === CALM_TURNS) return 1;
  }
  console.log(`${inexact.join(', ')}: not judged, the host took too much each time`);
  return 0;
}

/**
 * The names of those that should be exact and are not.
 * @param {import('./formats/files.mjs').Format[]} formats
 * @param {string} [turn] of those that are heard again
 */
async function hear(formats, turn) {
  const server = await startServer({ musicDirs: [formatsDir()] });
  undo.unshift(() => server.stop());
  const pulse = await startPulse();
  undo.unshift(() => pulse.stop());
  const recording = await startRecording(pulse);
  undo.unshift(() => recording.discard(), () => recording.finish());
  const ears = await Promise.all([0, 1].map((channel) => openEar(/** @type {import('./browser.mjs').EngineName} */ (engine), { pulse, channel })));
  undo.unshift(...ears.map((ear) => ear.close));
  const pages = ears.map(({ page }) => page);
  // The audio is for members of a room; afterwards on a page without a session of its own, and with a script, as WebKitGTK
  // runs nothing in others.
  for (const page of pages) {
    await openRoom(page, server.url);
    await page.goto(server.url);
  }
  const api = await new Api(server.url).withCookiesOf(pages[0]);
  const wav = await original(api, FORMATS[0]);
  await Promise.all(pages.map((page) => load(page, wav)));
  for (const untilSec = recording.nowSec + WARM_UP_SEC; recording.nowSec < untilSec; ) await Promise.all(pages.map((page) => playFrom(page, MARGIN_SEC)));

  /** @type {{ name: string, rendition: string, exact: boolean, takes: Take[], durationSec: number, failed?: string }[]} */
  const rows = [];
  for (const format of formats) {
    const chosen = await rendition(api, pages[1], format);
    const asItIs = await original(api, format);
    const isAsItIs = nameOf(chosen) === nameOf(asItIs);
    const heard = [{ url: chosen, exact: format.exact }, ...(pace === 'full' && !isAsItIs ? [{ url: asItIs, exact: false }] : [])];
    for (const { url, exact } of heard) {
      const row = { name: format.name, rendition: nameOf(url), exact, takes: /** @type {Take[]} */ ([]), durationSec: NaN };
      console.log(`${row.name}, ${row.rendition}`);
      try {
        const { takes, durationSec } = await listen(pages, url);
        rows.push({ ...row, takes, durationSec });
      } catch (error) {
        rows.push({ ...row, failed: String(error instanceof Error ? error.message : error).split('\n')[0] });
      }
    }
  }
  await recording.finish();

  const verdicts = rows.map((row) => ({ ...row, ...judge(recording, row.takes) }));
  const broken = verdicts.filter(({ exact, worstMs, lost, failed }) => exact && (failed !== undefined || lost > 0 || !(worstMs <= exactMs)));
  const table = markdown(
    ['format', 'served as', 'seeks', 'lost', 'median', 'worst ms', 'from the start, ms', 'length off by s'],
    verdicts.map(({ name, rendition, seeks, lost, medianMs, worstMs, startMs, durationSec, failed }) => [
      name, failed ? `${rendition}: ${failed}` : rendition, String(seeks), String(lost), fixed(medianMs), fixed(worstMs), fixed(startMs), fixed(durationSec - SECONDS, 3),
    ]),
    2,
    7,
  );
  const out = join(cacheDir('audible'), ['formats', pace, engine === 'chromium' ? '' : engine, turn].filter(Boolean).join('-'));
  writeFileSync(`${out}.md`, `${table}\n`);
  writeFileSync(`${out}.json`, JSON.stringify(verdicts, null, 1));
  console.log(`\n${table}\n`);
  for (const { name, rendition } of broken) console.log(`${name}, ${rendition}: not within ${exactMs} ms`);
  if (verdicts.length === 0) throw new Error('nothing was heard');
  return broken.map(({ name }) => name);

  /**
   * @param {import('./browser.mjs').EarPage[]} pages
   * @param {string} url
   */
  async function listen(pages, url) {
    await load(pages[1], url);
    const random = seededRandom(21);
    const places = Array.from({ length: SEEKS[pace] }, () => MARGIN_SEC + random() * (SECONDS - 2 * MARGIN_SEC));
    /** @type {Take[]} */
    const takes = [];
    let durationSec = NaN;
    for (const positionSec of [null, ...places]) {
      // The reference has been elsewhere; for it, the beginning is a position like any other.
      const [reference, format] = await Promise.all([playFrom(pages[0], positionSec ?? 0), playFrom(pages[1], positionSec)]);
      const toSec = recording.nowSec - SLACK_SEC;
      takes.push({ fromSec: toSec - 1.5, toSec, apartMs: format.aheadMs - reference.aheadMs, positionSec });
      durationSec = format.durationSec;
    }
    await Promise.all(pages.map(silence));
    return { takes, durationSec };
  }
}

/**
 * @param {import('./record.mjs').Recording} recording
 * @param {Take[]} takes
 */
function judge(recording, takes) {
  const heard = takes.map(({ fromSec, toSec, apartMs, positionSec }) => {
    const channels = [0, 1].map((ear) => recording.channel(ear, fromSec, toSec));
    const lags = lagWindows(channels[0], channels[1], RATE_HZ).flatMap(({ lagMs }) => lagMs ?? []);
    // Who is ahead sounds earlier: both together are the error, positive where the sound is late.
    return { positionSec, errorMs: lags.length > 0 ? middle(lags) + apartMs : null };
  });
  const startMs = heard.find(({ positionSec }) => positionSec === null)?.errorMs ?? NaN;
  const errors = heard.flatMap(({ positionSec, errorMs }) => (positionSec === null || errorMs === null ? [] : errorMs - startMs));
  const sizes = errors.map(Math.abs);
  const seeks = takes.length - 1;
  return { seeks: Math.max(0, seeks), lost: Math.max(0, seeks) - errors.length, startMs, medianMs: middle(sizes), worstMs: sizes.length > 0 ? Math.max(...sizes) : NaN, heard };
}

/**
 * What a room page would play of a track: the first of its renditions that this browser says it can.
 * @param {Api} api
 * @param {import('./browser.mjs').EarPage} page
 * @param {import('./formats/files.mjs').Format} format
 */
async function rendition(api, page, format) {
  const { renditions } = await trackOf(api, format);
  const url = await page.evaluate((offers) => offers.find(({ mime }) => new Audio().canPlayType(mime) !== '')?.url, renditions);
  if (!url) throw new Error(`${format.name}: no rendition for this browser`);
  return url;
}

/** The name of a rendition in its address. @param {string} url */
function nameOf(url) {
  return url.split('?')[0].split('/')[3];
}

/** @param {Api} api @param {import('./formats/files.mjs').Format} format */
async function original(api, format) {
  const { id } = await trackOf(api, format);
  return `/media/${id}/original`;
}

/**
 * @param {Api} api
 * @param {import('./formats/files.mjs').Format} format
 * @returns {Promise<import('../harness/api.mjs').Track & { renditions: { url: string, mime: string }[] }>}
 */
async function trackOf(api, { name, file }) {
  const titles = [name, file.replace(/\.\w+$/, '')];
  const found = await Promise.any(titles.map((title) => libraryHas(api, title, 30_000)));
  return /** @type {any} */ (found);
}

/** @param {number[]} values */
function middle(values) {
  return values.length > 0 ? [...values].sort((a, b) => a - b)[values.length >> 1] : NaN;
}

/** @param {number} value @param {number} [digits] */
function fixed(value, digits = 2) {
  return Number.isFinite(value) ? value.toFixed(digits) : '–';
}
