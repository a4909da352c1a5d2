// The audible bench: a real server, real browsers, recorders that hear them all. Prints how far apart they sounded, writes
// `.cache/audible/*.md`, `.json` and `.svg`, and fails only when a promise of promises.mjs breaks, or when something that
// should have happened did not.
//
//   node audible/bench.mjs [--short | --full] [--only SCENARIO[,SCENARIO …]] [--engines ENGINE,ENGINE[,ENGINE …]]
//                          [--format FORMAT] [--steady SECONDS] [--calm TRIES]
//
// `--engines` hears a room of several engines instead, chromium, firefox or webkit, the first as its host; `--format` is then
// what the signal is coded in, by its name in formats/files.mjs, and `--steady` how long nothing is touched. With `--calm`,
// what the host disturbed is played again, so many times at most; both are heard, and what was disturbed has rows of its own.
// A session whose browser crashes is played once more, all of it, and the report says so.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cacheDir } from '../harness/places.mjs';
import { Crash } from '../harness/webkit.mjs';
import { ENGINE_NAMES } from './browser.mjs';
import { barePercent, COST_SEC, roomPercent } from './cost.mjs';
import { figures, hear } from './figures.mjs';
import { FORMATS } from './formats/files.mjs';
import { COST_ID, IDS, mixed, planned } from './plan.mjs';
import { plot } from './plot.mjs';
import { programme, signalFile } from './programme.mjs';
import { report } from './report.mjs';
import { openStage, tearDown } from './stage.mjs';
import { isNoteworthy, stolenShare, ticks } from '../harness/stolen.mjs';

/** @typedef {{ row: string, heard: import('./figures.mjs').Heard[] }} Row */
/** @typedef {import('./report.mjs').Failure} Failure */

/** What was asked for; ends the process with the usage when it makes no sense. */
function wishes() {
  const { values } = parseArgs({
    options: {
      short: { type: 'boolean', default: false },
      full: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      engines: { type: 'string', default: '' },
      steady: { type: 'string' },
      format: { type: 'string' },
      calm: { type: 'string', default: '0' },
    },
  });
  const only = values.only.flatMap((list) => list.split(','));
  const engines = /** @type {import('./browser.mjs').EngineName[]} */ (values.engines.split(',').filter(Boolean));
  const strange = engines.filter((name) => !ENGINE_NAMES.includes(name));
  const unknown = only.filter((id) => !IDS.includes(id));
  if (values.short && values.full) fail('--short or --full, not both');
  if (unknown.length > 0) fail(`no ${unknown.join(', ')}; there are ${IDS.join(', ')}`);
  if (strange.length > 0 || engines.length === 1) fail(`two or more of ${ENGINE_NAMES.join(', ')}, not ${values.engines}`);
  const steadySec = values.steady === undefined ? undefined : Number(values.steady);
  if (steadySec !== undefined && !(steadySec > 0)) fail(`--steady takes seconds, not ${values.steady}`);
  const format = FORMATS.find(({ name }) => name === values.format);
  if (values.format !== undefined && (!format || engines.length === 0)) fail(`--format goes with --engines, and is one of ${FORMATS.map(({ name }) => `'${name}'`).join(', ')}`);
  const tries = Number(values.calm);
  if (!(Number.isInteger(tries) && tries >= 0)) fail(`--calm takes a number of tries, not ${values.calm}`);
  return { engines, steadySec, format, tries, pace: /** @type {import('./plan.mjs').PaceName} */ (values.full ? 'full' : 'short'), only };
}

/** @param {string} why @returns {never} */
function fail(why) {
  console.error(why);
  process.exit(2);
}

const startedMs = performance.now();
/** A host that took something is given so long. */
const UNTIL_CALM_MS = 20_000;

/** @param {string} what */
function announce(what) {
  console.log(`${((performance.now() - startedMs) / 1_000).toFixed(0).padStart(5)} s  ${what}`);
}

/** Everything that runs, to be ended last first, whatever happens. @type {(() => unknown)[]} */
const undo = [];

/**
 * One session: its scenarios, one after the other; one that cannot be played does not keep the others from it.
 * @param {ReturnType<typeof planned>[number]} plan
 * @param {import('./plan.mjs').PaceName} pace
 * @param {number} tries how often what the host disturbed is played again
 * @returns {Promise<{ rows: Row[], failures: Failure[] }>}
 */
async function perform({ session, steps }, pace, tries) {
  announce(`${session.name}: opening`);
  const stage = await openStage(session.setting, programme(session.tracks, pace, session.format), undo);
  announce(`${session.name}: ${[...new Set(stage.ears.map(({ engine, version }) => `${engine} ${version}`))].join(', ')}`);
  /** @type {Map<string, import('./scenarios.mjs').Stretch[]>} */
  const stretches = new Map();
  /** @type {Failure[]} */
  const failures = [];
  for (const { step, dose } of steps) {
    const named = step.row.startsWith(session.name) ? step.row : `${session.name}: ${step.row}`;
    for (let time = 0, again = tries; time < dose.times; time++) {
      const before = ticks();
      /** @type {import('./scenarios.mjs').Stretch[] | Error} */
      const played = await step.play(stage, dose).catch((error) => (error instanceof Error ? error : new Error(String(error))));
      const stolen = stolenShare(before, ticks());
      const disturbed = isNoteworthy(stolen);
      const onceMore = disturbed && again > 0;
      const outcome = played instanceof Error ? `${named} failed: ${played.message}` : named;
      announce(disturbed ? `${outcome}; the host took ${(stolen * 100).toFixed(0)} % of the processors meanwhile` : outcome);
      if (played instanceof Crash) throw played;
      if (played instanceof Error) {
        if (!onceMore) failures.push({ row: step.row, why: played.message.split('\n')[0] });
      } else {
        for (const stretch of played) {
          const row = [step.row, stretch.part, disturbed && tries > 0 ? 'disturbed' : ''].filter(Boolean).join(', ');
          stretches.set(row, [...(stretches.get(row) ?? []), stretch]);
        }
      }
      if (onceMore) {
        again -= 1;
        time -= 1;
        await new Promise((done) => setTimeout(done, UNTIL_CALM_MS));
      }
    }
  }
  for (const recording of new Set(stage.recordings)) await recording.finish();
  const rows = [...stretches].map(([row, ofRow]) => ({ row, heard: ofRow.map((stretch) => hear(stage, stretch)) }));
  return { rows, failures };
}

/**
 * The same; a crash of a browser tells of that browser alone, unless it comes again.
 * @param {Parameters<typeof perform>} what
 */
async function performOrRepeat(...what) {
  try {
    return await perform(...what);
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
    const [{ session }] = what;
    announce(`${session.name}: a browser crashed, all of it once more: ${error.message}`);
    crashes.push({ row: session.name, why: error.message.replaceAll(/\s+/g, ' ') });
    await tearDown(undo);
    return perform(...what);
  }
}

/** @param {import('./plan.mjs').PaceName} pace @returns {Promise<import('./cost.mjs').Cost>} */
async function cost(pace) {
  announce('cost: the room page');
  const room = await roomPercent(await openStage({}, programme('signal', pace), undo));
  await tearDown(undo);
  announce('cost: a bare <audio>');
  const bare = await barePercent(signalFile(pace), undo);
  return { roomPercent: room, barePercent: bare, seconds: COST_SEC };
}

// Browsers, cards and servers end with this process, and by `exit` only.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

const { engines, steadySec, format, tries, pace, only } = wishes();
const label = [pace, ...engines, ...(format ? [format.file] : []), ...only].join('-');
/** @type {Row[]} */
const rows = [];
/** @type {Failure[]} */
const failures = [];
/** @type {Failure[]} */
const crashes = [];
/** @type {import('./cost.mjs').Cost | null} */
let spent = null;
/** @param {string} what @param {() => Promise<void>} act */
async function attempt(what, act) {
  try {
    await act();
  } catch (error) {
    console.error(error);
    failures.push({ row: what, why: String(error instanceof Error ? error.message : error).split('\n')[0] });
  } finally {
    await tearDown(undo);
  }
}

for (const plan of planned(pace, only, engines.length > 0 ? [mixed(engines, { steadySec, format })] : undefined)) {
  await attempt(plan.session.name, async () => {
    const done = await performOrRepeat(plan, pace, tries);
    rows.push(...done.rows);
    failures.push(...done.failures);
  });
}
if (only.length > 0 ? only.includes(COST_ID) : pace === 'full' && engines.length === 0) await attempt('cost', async () => void (spent = await cost(pace)));

const measured = rows.map(({ row, heard }) => ({ heard, figures: figures(row, heard) }));
const all = measured.map((one) => one.figures);
const out = join(cacheDir('audible'), label);
const tables = report(all, { failures, crashes }, spent);
writeFileSync(`${out}.md`, `${tables}\n`);
writeFileSync(`${out}.json`, JSON.stringify({ pace, only, cost: spent, failures, crashes, measured }, null, 1));
writeFileSync(`${out}.svg`, plot('How far behind the host the others sound', measured));
const broken = all.filter((one) => one.broken.length > 0).length + failures.length;
console.log(`\n${tables}\n`);
announce(`${all.length + failures.length - broken} kept their promise, ${broken} did not`);
process.exitCode = broken > 0 || all.length + (spent ? 1 : 0) === 0 ? 1 : 0;
