// Draws the lags of a bench over time, one strip per stretch, as an SVG that needs nothing else. Pure.

const WIDTH = 960;
const STRIP = { height: 130, gap: 46, left: 64, right: 24, top: 64 };
/** Beyond this a lag is drawn at the edge of its strip, as a triangle. */
const EDGE_MS = 25;
const GRID_MS = [-20, -5, 0, 5, 20];
const EAR_COLOURS = ['', '#2563eb', '#c2410c', '#15803d'];

/** @typedef {{ stretch: import('./scenarios.mjs').Stretch, figures: import('./figures.mjs').Figures, readings: import('./figures.mjs').Reading[] }} Measured */

/**
 * @param {string} title
 * @param {Measured[]} measured
 */
export function plot(title, measured) {
  const height = STRIP.top + measured.length * (STRIP.height + STRIP.gap);
  const strips = measured.map((one, i) => strip(one, STRIP.top + i * (STRIP.height + STRIP.gap)));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="12" fill="#1f2937">
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
<text x="${STRIP.left}" y="28" font-size="17" font-weight="600">${escaped(title)}</text>
${strips.join('\n')}
</svg>
`;
}

/**
 * @param {Measured} measured
 * @param {number} top
 */
function strip({ stretch, figures, readings }, top) {
  const lengthSec = Math.max(1, stretch.endSec - stretch.dueSec);
  const innerWidth = WIDTH - STRIP.left - STRIP.right;
  const x = (/** @type {number} */ sec) => (STRIP.left + (sec / lengthSec) * innerWidth).toFixed(1);
  // A square root on both sides of zero: a millisecond near the goal is as easy to see as ten far from it.
  const y = (/** @type {number} */ ms) => (top + STRIP.height / 2 - (Math.sign(ms) * Math.sqrt(Math.min(Math.abs(ms), EDGE_MS) / EDGE_MS) * STRIP.height) / 2).toFixed(1);
  const bottom = top + STRIP.height;
  const everySec = [1, 2, 5, 10, 30, 60, 120].find((step) => lengthSec / step <= 12) ?? 300;
  const ticks = Array.from({ length: Math.floor(lengthSec / everySec) + 1 }, (_, i) => i * everySec);
  const settledSec = stretch.settledSec - stretch.dueSec;
  const summary = `${figures.scenario}, ${figures.track}: median ${ms(figures.medianMs)}, p95 ${ms(figures.p95Ms)}, max ${ms(figures.maxMs)}, ${figures.lost} of ${figures.windows} lost`;
  return [
    `<text x="${STRIP.left}" y="${top - 8}" font-weight="600"${figures.broken.length ? ' fill="#b91c1c"' : ''}>${escaped(summary)}</text>`,
    `<rect x="${x(settledSec)}" y="${top}" width="${(Number(x(lengthSec)) - Number(x(settledSec))).toFixed(1)}" height="${STRIP.height}" fill="#f1f5f9"/>`,
    ...GRID_MS.map((value) => `<line x1="${STRIP.left}" x2="${x(lengthSec)}" y1="${y(value)}" y2="${y(value)}" stroke="${value === 0 ? '#64748b' : '#cbd5e1'}"/><text x="${STRIP.left - 8}" y="${y(value)}" dy="4" text-anchor="end">${value}</text>`),
    `<text x="12" y="${top + STRIP.height / 2}" dy="4">ms</text>`,
    ...ticks.map((sec) => `<line x1="${x(sec)}" x2="${x(sec)}" y1="${bottom}" y2="${bottom + 4}" stroke="#64748b"/><text x="${x(sec)}" y="${bottom + 17}" text-anchor="middle">${sec} s</text>`),
    ...readings.map((reading) => mark(reading, x, y, bottom)),
  ].join('\n');
}

/**
 * A dot; a triangle for what lies beyond the edge; a red tick at the bottom for a window that was lost.
 * @param {import('./figures.mjs').Reading} reading
 * @param {(sec: number) => string} x
 * @param {(ms: number) => string} y
 * @param {number} bottom
 */
function mark({ ear, sinceDueSec, lagMs }, x, y, bottom) {
  const at = x(sinceDueSec);
  if (lagMs === null) return `<line x1="${at}" x2="${at}" y1="${bottom - 7}" y2="${bottom}" stroke="#dc2626" stroke-width="2"/>`;
  const colour = EAR_COLOURS[ear];
  if (Math.abs(lagMs) <= EDGE_MS) return `<circle cx="${at}" cy="${y(lagMs)}" r="2" fill="${colour}"><title>${lagMs.toFixed(2)} ms</title></circle>`;
  const tip = Number(y(lagMs));
  const base = tip + Math.sign(lagMs) * 7;
  return `<path d="M${at} ${tip}l-4 ${base - tip}h8z" fill="${colour}"><title>${lagMs.toFixed(1)} ms</title></path>`;
}

/** @param {number | null} value */
function ms(value) {
  return value === null ? '–' : `${value.toFixed(2)} ms`;
}

/** @param {string} text */
function escaped(text) {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
