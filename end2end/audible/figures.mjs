// From windows to figures: what a stretch of the recording amounts to, and whether the short bench's promise held. Pure.

import { HOP_SEC, lagWindows } from './lag.mjs';
import { RATE_HZ } from './signal.mjs';

/** Once an action has settled, nobody is further apart than this (p95): two devices would be heard as two above it. */
export const PROMISE_MS = 20;
/** More windows than this share without a clear lag, after settling, and somebody did not hear what the others heard. */
export const LOST_SHARE = 0.1;
/** What counts as arrived, manual/sync.md. */
const ARRIVED_MS = 5;
/** An arrival that does not last as long is passing through. */
const STAYS_SEC = 1;

/** @typedef {{ ear: number, sinceDueSec: number, settled: boolean, lagMs: number | null }} Reading one window of one listener */

/**
 * @typedef {object} Figures
 * @property {string} scenario
 * @property {string} track
 * @property {number} windows after settling
 * @property {number} lost of them
 * @property {number | null} medianMs of the absolute lags after settling
 * @property {number | null} p95Ms
 * @property {number | null} maxMs
 * @property {number | null} arrivedSec how long the slowest listener took to come, and stay, within 5 ms; null: never
 * @property {string[]} broken what was promised and not kept
 */

/**
 * @param {import('./record.mjs').Recording} recording finished
 * @param {import('./scenarios.mjs').Stretch} stretch
 * @returns {Reading[]}
 */
export function readings(recording, { dueSec, settledSec, endSec, ears }) {
  const host = recording.channel(0, dueSec, endSec);
  return ears.flatMap((ear) =>
    lagWindows(host, recording.channel(ear, dueSec, endSec), RATE_HZ).map(({ atSec, lagMs }) => ({
      ear,
      sinceDueSec: atSec,
      settled: dueSec + atSec >= settledSec,
      lagMs,
    })),
  );
}

/**
 * @param {import('./scenarios.mjs').Stretch} stretch
 * @param {Reading[]} all
 * @returns {Figures}
 */
export function figures({ scenario, track, ears }, all) {
  const settled = all.filter((reading) => reading.settled);
  const lags = settled.flatMap(({ lagMs }) => (lagMs === null ? [] : [Math.abs(lagMs)])).sort((a, b) => a - b);
  const lost = settled.length - lags.length;
  const arrivals = ears.map((ear) => arrival(all.filter((reading) => reading.ear === ear)));
  const p95Ms = quantile(lags, 0.95);
  const broken = [];
  if (settled.length === 0) broken.push('nothing was recorded');
  if (p95Ms === null || p95Ms > PROMISE_MS) broken.push(`p95 above ${PROMISE_MS} ms`);
  if (lost > LOST_SHARE * settled.length) broken.push(`${lost} of ${settled.length} windows lost`);
  return {
    scenario,
    track,
    windows: settled.length,
    lost,
    medianMs: quantile(lags, 0.5),
    p95Ms,
    maxMs: quantile(lags, 1),
    arrivedSec: arrivals.includes(null) ? null : Math.max(...arrivals.map(Number)),
    broken,
  };
}

/**
 * The first window from which on one listener stays within 5 ms for a second.
 * @param {Reading[]} ofOneEar
 */
function arrival(ofOneEar) {
  const stay = STAYS_SEC / HOP_SEC;
  const near = ofOneEar.map(({ lagMs }) => lagMs !== null && Math.abs(lagMs) <= ARRIVED_MS);
  const first = near.findIndex((_, i) => i + stay < near.length && near.slice(i, i + stay + 1).every(Boolean));
  return first < 0 ? null : ofOneEar[first].sinceDueSec;
}

/**
 * Nearest rank.
 * @param {number[]} sorted ascending
 * @param {number} share
 */
function quantile(sorted, share) {
  return sorted.length === 0 ? null : sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

/** @param {Figures[]} rows */
export function table(rows) {
  const cells = rows.map(({ scenario, track, windows, lost, medianMs, p95Ms, maxMs, arrivedSec, broken }) => [
    scenario, track, String(windows), String(lost), fixed(medianMs), fixed(p95Ms), fixed(maxMs),
    scenario === 'steady' ? '' : (arrivedSec?.toFixed(2) ?? 'never'), broken.length === 0 ? 'passed' : `FAILED: ${broken.join(', ')}`,
  ]);
  const head = ['scenario', 'track', 'windows', 'lost', 'median', 'p95', 'max ms', '≤ 5 ms after s', ''];
  const widths = head.map((title, column) => Math.max(title.length, ...cells.map((row) => row[column].length)));
  const line = (/** @type {string[]} */ row) => row.map((cell, column) => (column >= 2 && column <= 7 ? cell.padStart(widths[column]) : cell.padEnd(widths[column]))).join('  ').trimEnd();
  return [line(head), widths.map((width) => '─'.repeat(width)).join('  ').trimEnd(), ...cells.map(line)].join('\n');
}

/** @param {number | null} ms */
function fixed(ms) {
  return ms === null ? '–' : ms.toFixed(2);
}
