// What the bench does in which order: sessions, each a room of its own under its own circumstances, and in each the
// scenarios, how often and how long. `short` fits into every run of the tests; `full` is for the tables of manual/sync.md.

import * as people from './scenarios.mjs';
import * as fate from './recovery.mjs';
import { EXTRA_DOWN_MS } from './promises.mjs';

/** @typedef {'short' | 'full'} PaceName */
/** @typedef {{ times: number, listenSec: number, awaySec: number }} Dose */

/**
 * @typedef {object} Step
 * @property {string} id what `--only` calls it
 * @property {string} row its name in the tables
 * @property {(stage: import('./stage.mjs').Stage, times: { listenSec: number, awaySec: number }) => Promise<import('./scenarios.mjs').Stretch[]>} play
 * @property {Partial<Record<PaceName, Dose>>} dose not in a pace: not played in it
 */

/** @typedef {import('./formats/files.mjs').Format} Format */

/** @typedef {{ name: string, setting: import('./stage.mjs').Setting, tracks: 'signal' | 'music', format?: Format, steps: Step[] }} Session */

/**
 * @param {number} times
 * @param {number} listenSec
 * @param {number} [awaySec]
 * @returns {Dose}
 */
function dose(times, listenSec, awaySec = 0) {
  return { times, listenSec, awaySec };
}

/** @type {Session[]} */
export const SESSIONS = [
  {
    name: 'at home',
    setting: {},
    tracks: 'signal',
    steps: [
      { id: 'start', row: 'start', play: people.start, dose: { short: dose(1, 10), full: dose(5, 8) } },
      { id: 'seek', row: 'seek', play: people.seek, dose: { short: dose(1, 10), full: dose(5, 8) } },
      { id: 'resume', row: 'pause, resume', play: people.resume, dose: { short: dose(1, 10), full: dose(5, 8) } },
      { id: 'late-join', row: 'late join', play: people.lateJoin, dose: { short: dose(1, 10), full: dose(5, 8) } },
      { id: 'skip', row: 'next track, skipped to', play: people.skip, dose: { short: dose(1, 10), full: dose(3, 8) } },
      { id: 'hand-over', row: 'next track, by itself', play: people.handOver, dose: { short: dose(1, 10), full: dose(3, 8) } },
      { id: 'restart', row: 'server restart', play: fate.restart, dose: { short: dose(1, 8, 2), full: dose(2, 12, 3) } },
      { id: 'kills', row: 'kill -9 and a start', play: fate.killed, dose: { full: dose(50, 6) } },
      { id: 'standstill', row: 'server stands still', play: fate.standstill, dose: { full: dose(1, 12, 30) } },
      { id: 'steady', row: 'steady', play: people.steady, dose: { short: dose(1, 25), full: dose(1, 600) } },
    ],
  },
  {
    name: 'trouble',
    setting: { network: {} },
    tracks: 'signal',
    steps: [
      { id: 'black-out', row: 'black-out', play: fate.blackOut, dose: { full: dose(2, 12, 10) } },
      { id: 'asleep', row: 'asleep', play: fate.asleep, dose: { full: dose(1, 20, 30) } },
      { id: 'busy', row: 'busy processor', play: fate.busy, dose: { full: dose(1, 12, 20) } },
    ],
  },
  {
    name: 'hidden',
    setting: { window: true },
    tracks: 'signal',
    steps: [{ id: 'hidden', row: 'hidden tab', play: fate.hidden, dose: { full: dose(1, 12, 60) } }],
  },
  {
    name: 'fast card',
    setting: { fastCard: true },
    tracks: 'signal',
    steps: [{ id: 'fast-card', row: 'card 100 ppm fast, change', play: fate.fastCard, dose: { full: dose(1, 150) } }],
  },
  {
    name: 'foreign clock',
    setting: { foreignClock: true },
    tracks: 'signal',
    steps: [
      { id: 'foreign-clock', row: 'clock 100 ppm fast, an hour off: start', play: people.start, dose: { full: dose(2, 8) } },
      { id: 'foreign-clock', row: 'clock 100 ppm fast, an hour off: steady', play: fate.foreignClock, dose: { full: dose(1, 60) } },
    ],
  },
  {
    name: 'jitter',
    setting: { network: { delayMs: 80, jitterMs: 40 } },
    tracks: 'signal',
    steps: [
      { id: 'jitter', row: '80 ± 40 ms: start', play: people.start, dose: { full: dose(2, 8) } },
      { id: 'jitter', row: '80 ± 40 ms: seek', play: people.seek, dose: { full: dose(2, 8) } },
      { id: 'jitter', row: '80 ± 40 ms: late join', play: people.lateJoin, dose: { full: dose(2, 8) } },
      { id: 'jitter', row: '80 ± 40 ms: steady', play: people.steady, dose: { full: dose(1, 45) } },
    ],
  },
  {
    name: 'asymmetric',
    setting: { guestNetwork: { delayMs: 10, extraDownMs: EXTRA_DOWN_MS } },
    tracks: 'signal',
    steps: [{ id: 'asymmetric', row: '60 ms more one way: steady', play: people.steady, dose: { full: dose(1, 30) } }],
  },
  {
    name: 'four',
    setting: { listeners: 4 },
    tracks: 'signal',
    steps: [
      { id: 'four', row: 'four browsers: start', play: people.start, dose: { full: dose(2, 8) } },
      { id: 'four', row: 'four browsers: steady', play: people.steady, dose: { full: dose(1, 45) } },
    ],
  },
  {
    name: 'music',
    setting: {},
    tracks: 'music',
    steps: [
      { id: 'music', row: 'FLAC: start', play: people.start, dose: { full: dose(2, 8) } },
      { id: 'music', row: 'FLAC: seek', play: people.seek, dose: { full: dose(2, 8) } },
      { id: 'music', row: 'FLAC: pause, resume', play: people.resume, dose: { full: dose(2, 8) } },
      { id: 'music', row: 'FLAC: steady', play: people.steady, dose: { full: dose(1, 30) } },
    ],
  },
];

/** What is played in a room of several engines. The names of its rows are completed by {@link mixed}. @type {Step[]} */
const OF_ENGINES = [
  { id: 'start', row: 'start', play: people.start, dose: { short: dose(1, 10), full: dose(3, 10) } },
  { id: 'seek', row: 'seek', play: people.seek, dose: { short: dose(1, 10), full: dose(3, 10) } },
  { id: 'resume', row: 'pause, resume', play: people.resume, dose: { short: dose(1, 10), full: dose(3, 10) } },
  { id: 'late-join', row: 'late join', play: people.lateJoin, dose: { short: dose(1, 10), full: dose(3, 10) } },
  { id: 'skip', row: 'next track, skipped to', play: people.skip, dose: { full: dose(2, 10) } },
  { id: 'hand-over', row: 'next track, by itself', play: people.handOver, dose: { full: dose(2, 10) } },
  { id: 'steady', row: 'steady', play: people.steady, dose: { short: dose(1, 25), full: dose(1, 600) } },
];

/**
 * A room of these engines, the first as its host, for `--engines`.
 * @param {import('./browser.mjs').EngineName[]} engines
 * @param {object} [unlike]
 * @param {number} [unlike.steadySec] for another length of its steady stretch
 * @param {Format} [unlike.format] for another than WAV
 * @returns {Session}
 */
export function mixed(engines, { steadySec, format } = {}) {
  const name = engines.join(' + ');
  const steps = OF_ENGINES.map((step) => ({
    ...step,
    row: `${name}: ${step.row}${format ? ` (${format.name})` : ''}`,
    dose: step.id === 'steady' && steadySec ? { short: dose(1, steadySec), full: dose(1, steadySec) } : step.dose,
  }));
  return { name, setting: { engines }, tracks: 'signal', format, steps };
}

/** The measurement of cost.mjs, which needs no recording. */
export const COST_ID = 'cost';

/** Everything that `--only` knows. */
export const IDS = [...new Set(SESSIONS.flatMap(({ steps }) => steps.map(({ id }) => id))), COST_ID];

/**
 * The sessions of a pace, with the steps that were asked for; by name one gets what a pace leaves out, too.
 * @param {PaceName} pace
 * @param {string[]} only none: all of the pace
 * @param {Session[]} sessions
 * @returns {{ session: Session, steps: { step: Step, dose: Dose }[] }[]}
 */
export function planned(pace, only, sessions = SESSIONS) {
  return sessions.map((session) => ({
    session,
    steps: session.steps.flatMap((step) => {
      const chosen = step.dose[pace] ?? (only.length > 0 ? step.dose.full : undefined);
      return chosen && (only.length === 0 || only.includes(step.id)) ? [{ step, dose: chosen }] : [];
    }),
  })).filter(({ steps }) => steps.length > 0);
}
