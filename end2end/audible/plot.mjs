// Draws the lags of a bench over time as an SVG that needs nothing else: a strip for each row of the table, with all times
// that it was done over one another, from the moment that it was due. Pure.

const WIDTH = 1280;
const STRIP = { height: 104, gap: 70, left: 44, right: 24, top: 100, columns: 2, gutter: 20 };
/** A strip longer than this gets the whole width. */
const LONG_SEC = 120;
/** Beyond this a lag is drawn at the edge of its strip, as a triangle. */
const EDGE_MS = 50;
const GRID_MS = [-20, -5, -1, 0, 1, 5, 20];
const EAR_COLOURS = ['', '#2563eb', '#c2410c', '#15803d'];
const LOST = '#dc2626';

/** @typedef {{ heard: import('./figures.mjs').Heard[], figures: import('./figures.mjs').Figures }} Measured */
/** @typedef {{ left: number, top: number, width: number }} Place */

/**
 * @param {string} title
 * @param {Measured[]} measured
 */
export function plot(title, measured) {
  const { places, height } = arranged(measured);
  const ears = [...new Set(measured.flatMap(({ heard }) => heard.flatMap(({ stretch }) => stretch.ears)))].sort();
  const legend = ears.map((ear, i) => `<circle cx="${STRIP.left + 5 + i * 100}" cy="46" r="3.5" fill="${EAR_COLOURS[ear]}"/><text x="${STRIP.left + 14 + i * 100}" y="50">listener ${ear}</text>`);
  const lostAt = STRIP.left + ears.length * 100 + 5;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="12" fill="#1f2937">
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
<text x="${STRIP.left}" y="28" font-size="17" font-weight="600">${escaped(title)}, in ms</text>
${legend.join('')}
<rect x="${lostAt}" y="42" width="3" height="8" fill="${LOST}"/><text x="${lostAt + 9}" y="50">lost: no lag can be told. A dot is a second of sound; positive is later; beyond ±1 ms the scale narrows; grey: settled.</text>
${measured.map((one, i) => strip(one, places[i])).join('\n')}
</svg>
`;
}

/** Strips from left to right and down; a long one has a line to itself. @param {Measured[]} measured */
function arranged(measured) {
  const whole = WIDTH - STRIP.left - STRIP.right;
  const half = (whole - (STRIP.columns - 1) * (STRIP.gutter + STRIP.left)) / STRIP.columns;
  let top = STRIP.top;
  let column = 0;
  const down = () => {
    top += STRIP.height + STRIP.gap;
    column = 0;
  };
  const places = measured.map(({ heard }) => {
    const isLong = lengthSec(heard) > LONG_SEC;
    if (isLong && column > 0) down();
    const place = { left: STRIP.left + column * (half + STRIP.gutter + STRIP.left), top, width: isLong ? whole : half };
    column += isLong ? STRIP.columns : 1;
    if (column >= STRIP.columns) down();
    return place;
  });
  if (column > 0) down();
  return { places, height: top - STRIP.gap + 34 };
}

/** @param {import('./figures.mjs').Heard[]} heard */
function lengthSec(heard) {
  return Math.max(1, ...heard.map(({ stretch }) => stretch.endSec - stretch.dueSec));
}

/**
 * @param {Measured} measured
 * @param {Place} place
 */
function strip({ heard, figures }, { left, top, width }) {
  const seconds = lengthSec(heard);
  const right = left + width;
  const bottom = top + STRIP.height;
  const x = (/** @type {number} */ sec) => left + (sec / seconds) * width;
  const y = (/** @type {number} */ ms) => top + STRIP.height / 2 - (height(ms) * STRIP.height) / 2;
  const everySec = [1, 2, 5, 10, 30, 60, 120].find((step) => seconds / step <= 12) ?? 300;
  const ticks = Array.from({ length: Math.floor(seconds / everySec) + 1 }, (_, i) => i * everySec);
  const settledSec = Math.min(...heard.map(({ stretch }) => stretch.settledSec - stretch.dueSec));
  const name = figures.times > 1 ? `${figures.row} (${figures.times} times)` : figures.row;
  const sums = `median ${ms(figures.medianMs)}, p95 ${ms(figures.p95Ms)}, max ${ms(figures.maxMs)}${figures.lost ? `, ${figures.lost} of ${figures.windows} lost` : ''}`;
  return [
    `<text x="${left}" y="${top - 24}" font-weight="600"${figures.broken.length ? ` fill="${LOST}"` : ''}>${escaped(name)}</text>`,
    `<text x="${left}" y="${top - 8}">${escaped(sums)}</text>`,
    `<rect x="${round(x(settledSec))}" y="${top}" width="${round(right - x(settledSec))}" height="${STRIP.height}" fill="#f1f5f9"/>`,
    ...GRID_MS.map((value) => `<line x1="${left}" x2="${round(right)}" y1="${round(y(value))}" y2="${round(y(value))}" stroke="${value === 0 ? '#64748b' : '#cbd5e1'}"/><text x="${left - 7}" y="${round(y(value))}" dy="4" text-anchor="end" fill="#475569">${String(value).replace('-', '−')}</text>`),
    ...ticks.map((sec) => `<line x1="${round(x(sec))}" x2="${round(x(sec))}" y1="${bottom}" y2="${bottom + 4}" stroke="#64748b"/><text x="${round(x(sec))}" y="${bottom + 17}" text-anchor="middle" fill="#475569">${sec} s</text>`),
    ...heard.flatMap(({ readings }) => readings.map((reading) => mark(reading, x, y, bottom))),
  ].join('\n');
}

/**
 * Where in the strip, −1 to 1: linear to a millisecond, which takes a third, and logarithmic from there to the edge.
 * @param {number} ms
 */
function height(ms) {
  const size = Math.min(Math.abs(ms), EDGE_MS);
  return Math.sign(ms) * (size <= 1 ? size / 3 : 1 / 3 + (2 / 3) * (Math.log(size) / Math.log(EDGE_MS)));
}

/**
 * A dot; a triangle for what lies beyond the edge; a red tick at the bottom for a window that was lost.
 * @param {import('./figures.mjs').Reading} reading
 * @param {(sec: number) => number} x
 * @param {(ms: number) => number} y
 * @param {number} bottom
 */
function mark({ ear, sinceDueSec, lagMs }, x, y, bottom) {
  const at = round(x(sinceDueSec));
  if (lagMs === null) return `<rect x="${round(x(sinceDueSec) - 1)}" y="${bottom - 8}" width="2" height="8" fill="${LOST}"/>`;
  const colour = EAR_COLOURS[ear];
  if (Math.abs(lagMs) <= EDGE_MS) return `<circle cx="${at}" cy="${round(y(lagMs))}" r="1.8" fill="${colour}" fill-opacity="0.75"/>`;
  const up = lagMs > 0;
  return `<path d="M${at} ${round(y(lagMs))}l-4 ${up ? 7 : -7}h8z" fill="${colour}"/>`;
}

/** @param {number} value */
function round(value) {
  return value.toFixed(1);
}

/** @param {number | null} value */
function ms(value) {
  return value === null ? '–' : value.toFixed(2);
}

/** @param {string} text */
function escaped(text) {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
