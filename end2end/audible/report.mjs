// Figures as the Markdown tables of manual/sync.md. Pure.

import { COST_GOALS } from './promises.mjs';

/** @typedef {import('./figures.mjs').Figures} Figures */
/** @typedef {import('./cost.mjs').Cost} Cost */
/** @typedef {{ row: string, why: string }} Failure a scenario that could not be played */

/**
 * @param {Figures[]} rows
 * @param {Failure[]} failures
 * @param {Cost | null} cost
 */
export function report(rows, failures, cost) {
  return [rows.length > 0 && together(rows), wear(rows), cost && expense(cost), failures.map(({ row, why }) => `- **${row}** could not be played: ${why}`).join('\n')].filter(Boolean).join('\n\n');
}

/** How far apart. @param {Figures[]} rows */
function together(rows) {
  const head = ['what', 'times', 'windows', 'lost', 'median', 'p95', 'p99', 'max ms', '≤ 5 ms after s', '≤ 2 ms after s', 'goal'];
  const cells = rows.map(({ row, times, windows, lost, medianMs, p95Ms, p99Ms, maxMs, arrived, missed, broken }) => [
    row, String(times), String(windows), String(lost), ...[medianMs, p95Ms, p99Ms, maxMs].map((ms) => fixed(ms)),
    ...arrived.map((times) => (isStill(row) ? '' : arrivals(times))),
    [missed === null ? '–' : missed.length === 0 ? 'met' : `missed: ${missed.join(', ')}`, ...broken.map((what) => `**${what}**`)].join('; '),
  ]);
  return markdown(head, cells, 1, 9);
}

/** What it took, and what a listener's socket carried. @param {Figures[]} rows */
function wear(rows) {
  const notes = rows.flatMap(({ row, holeMs, leanMs, driftMsPerMin }) => [
    ...(holeMs === null ? [] : [`- ${row}: the longest hole at the seam is ${holeMs.toFixed(1)} ms.`]),
    ...(driftMsPerMin === null ? [] : [`- ${row}: the lag around its median, because the constant between two cards is not knowable; over the whole stretch it drifts by ${driftMsPerMin.toFixed(2)} ms a minute (6 without correction).`]),
    ...(row.includes('one way') && leanMs !== null ? [`- ${row}: ${Math.abs(leanMs).toFixed(1)} ms ${leanMs > 0 ? 'late' : 'early'} in the median; 30 ms of it nobody can see.`] : []),
  ]);
  const head = ['undisturbed', 'a rate write every', 'seeks', 'KB a minute beside the audio'];
  const cells = rows.flatMap(({ row, rateWriteEverySec, seeks, trafficKBPerMin }) => {
    if (rateWriteEverySec === null || trafficKBPerMin === null) return [];
    const writes = Number.isFinite(rateWriteEverySec) ? `${rateWriteEverySec.toFixed(0)} s` : 'none';
    return [[row, writes, String(seeks), `${trafficKBPerMin.toFixed(1)} (goal ≤ ${COST_GOALS.trafficKBPerMin}: ${trafficKBPerMin <= COST_GOALS.trafficKBPerMin ? 'met' : 'missed'})`]];
  });
  return [cells.length > 0 ? markdown(head, cells, 1, 2) : '', notes.join('\n')].filter(Boolean).join('\n\n');
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
  return /steady$|while it lasts$|change$/.test(row);
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
