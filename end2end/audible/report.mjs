// Figures as the Markdown tables of manual/sync.md. Pure.

import { COST_GOALS, enginesOf } from './promises.mjs';

/** @typedef {import('./figures.mjs').Figures} Figures */
/** @typedef {import('./cost.mjs').Cost} Cost */
/** @typedef {{ row: string, why: string }} Failure */
/** @typedef {{ failures: Failure[], crashes?: Failure[] }} Mishaps scenarios that could not be played, sessions that were played once more */

/**
 * @param {Figures[]} rows
 * @param {Mishaps} mishaps
 * @param {Cost | null} cost
 */
export function report(rows, { failures, crashes = [] }, cost) {
  const mishaps = [
    ...failures.map(({ row, why }) => `- **${row}** could not be played: ${why}`),
    ...crashes.map(({ row, why }) => `- **${row}** was played once more, because a browser crashed: ${why}`),
  ];
  return [rows.length > 0 && together(rows), wear(rows), cost && expense(cost), mishaps.join('\n')].filter(Boolean).join('\n\n');
}

/** How far apart. @param {Figures[]} rows */
function together(rows) {
  const mixed = rows.some(({ row }) => enginesOf(row).length > 0);
  const near = mixed ? ['by engine', '≤ 15 ms after s'] : [];
  const head = ['what', 'times', 'windows', 'lost', 'median', 'p95', 'p99', 'max ms', ...near, '≤ 5 ms after s', '≤ 2 ms after s', 'goal'];
  const cells = rows.map(({ row, times, windows, lost, medianMs, p95Ms, p99Ms, maxMs, leansMs, arrived, missed, broken }) => [
    row, String(times), String(windows), String(lost), ...[medianMs, p95Ms, p99Ms, maxMs].map((ms) => fixed(ms)),
    ...(mixed ? [leanings(row, leansMs)] : []),
    ...arrived.slice(mixed ? 0 : 1).map((times) => (isStill(row) ? '' : arrivals(times))),
    [missed === null ? '–' : missed.length === 0 ? 'met' : `missed: ${missed.join(', ')}`, ...broken.map((what) => `**${what}**`)].join('; '),
  ]);
  return markdown(head, cells, 1, head.length - 2);
}

/** What it took, and what a listener's socket carried. @param {Figures[]} rows */
function wear(rows) {
  const notes = rows.flatMap(({ row, holeMs, leanMs, driftMsPerMin, ends }) => [
    ...endings(row, ends),
    ...(holeMs === null ? [] : [`- ${row}: the longest hole at the seam is ${holeMs.toFixed(1)} ms.`]),
    ...(driftMsPerMin === null ? [] : [`- ${row}: the lag around its median, because the constant between two cards is not knowable; over the whole stretch it drifts by ${driftMsPerMin.toFixed(2)} ms a minute (6 without correction).`]),
    ...(row.includes('one way') && leanMs !== null ? [`- ${row}: ${Math.abs(leanMs).toFixed(1)} ms ${leanMs > 0 ? 'late' : 'early'} in the median; 30 ms of it nobody can see.`] : []),
  ]);
  const head = ['undisturbed', 'a rate write every', 'jumps', 'most of one in a minute', 'KB a minute beside the audio'];
  const cells = rows.flatMap(({ row, rateWriteEverySec, jumps, jumpsPerMin, trafficKBPerMin }) => {
    if (rateWriteEverySec === null) return [];
    const writes = Number.isFinite(rateWriteEverySec) ? `${rateWriteEverySec.toFixed(0)} s` : 'none';
    const traffic = trafficKBPerMin === null ? '–' : `${trafficKBPerMin.toFixed(1)} (goal ≤ ${COST_GOALS.trafficKBPerMin}: ${trafficKBPerMin <= COST_GOALS.trafficKBPerMin ? 'met' : 'missed'})`;
    return [[row, writes, String(jumps), (jumpsPerMin ?? 0).toFixed(1), traffic]];
  });
  return [cells.length > 0 ? markdown(head, cells, 1, 3) : '', notes.join('\n')].filter(Boolean).join('\n\n');
}

/**
 * Where each engine ended every time, and what of it the pages' own drift does not account for: what their engine's
 * constants are wrong by.
 * @param {string} row
 * @param {Figures['ends']} ends
 */
function endings(row, ends) {
  const engines = enginesOf(row);
  if (engines.length === 0) return [];
  return [...new Set(ends.flatMap((ofOneTime) => ofOneTime.map(({ ear }) => ear)))].map((ear) => {
    const own = ends.flatMap((ofOneTime) => ofOneTime.filter((end) => end.ear === ear));
    const list = (/** @type {(number | null)[]} */ values) => values.map(signed).join(', ');
    return `- ${row}: at the end ${engines[ear]} is ${list(own.map(({ lagMs }) => lagMs))} ms after ${engines[0]}; untold by the pages: ${list(own.map(({ untoldMs }) => untoldMs))}.`;
  });
}

/** @param {number | null} ms */
function signed(ms) {
  return ms === null ? '–' : `${ms < 0 ? '−' : '+'}${Math.abs(ms).toFixed(1)}`;
}

/** How each engine lies to the host's in the median; plus: later. @param {string} row @param {(number | null)[]} leansMs */
function leanings(row, leansMs) {
  // Where one of them did something, it is the last (scenarios.mjs).
  const engines = enginesOf(row).slice(-leansMs.length);
  return leansMs.map((ms, i) => `${engines[i]} ${signed(ms)}`).join(', ');
}

/** @param {Cost} cost */
function expense({ roomPercent, barePercent, seconds }) {
  const more = roomPercent - barePercent;
  return markdown(['% of one core, all processes of the browser', 'room page', 'bare <audio>', 'more', 'goal'], [
    [`playing, nothing touched, ${seconds} s`, roomPercent.toFixed(1), barePercent.toFixed(1), more.toFixed(1), more <= COST_GOALS.cpuPercentMore ? 'met' : `missed: ≤ ${COST_GOALS.cpuPercentMore}`],
  ], 1, 3);
}

/** Rows about no action have no arrival. @param {string} row */
export function isStill(row) {
  return /steady(?: \(.*\))?$|while it lasts$|change$/.test(row);
}

/** @param {{ medianSec: number | null, worstSec: number | null }} times */
function arrivals({ medianSec, worstSec }) {
  const [median, worst] = [medianSec, worstSec].map((sec) => (sec === null ? 'never' : sec.toFixed(2)));
  return median === worst ? median : `${median} (worst ${worst})`;
}

/**
 * A table that is readable before it is rendered, too.
 * @param {string[]} head
 * @param {string[][]} cells
 * @param {number} firstNumber columns from here
 * @param {number} lastNumber to here are aligned right
 */
export function markdown(head, cells, firstNumber, lastNumber) {
  const isNumber = (/** @type {number} */ column) => column >= firstNumber && column <= lastNumber;
  const widths = head.map((title, column) => Math.max(3, title.length, ...cells.map((row) => row[column].length)));
  const line = (/** @type {string[]} */ row) => `| ${row.map((cell, column) => (isNumber(column) ? cell.padStart(widths[column]) : cell.padEnd(widths[column]))).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => (isNumber(column) ? `${'-'.repeat(width + 1)}:` : '-'.repeat(width + 2))).join('|')}|`;
  return [line(head), rule, ...cells.map(line)].join('\n');
}

/** @param {number | null} ms */
function fixed(ms) {
  return ms === null ? '–' : ms.toFixed(2);
}
