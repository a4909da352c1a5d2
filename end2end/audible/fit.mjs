// A straight line through points of which some lie: bytes that a recorder got against the time it got them, lags against
// the minutes. Least squares, again and again without what lies too far off. Pure.

/** A point is believed up to so many times the usual distance from the line (three σ, where the distances are normal). */
const FAR = 3 * 1.4826;
const ROUNDS = 5;

/** @typedef {{ slope: number, at: (x: number) => number, inverse: (y: number) => number }} Line */

/**
 * @param {number[]} xs
 * @param {number[]} ys
 * @returns {Line}
 */
export function robustLine(xs, ys) {
  if (xs.length < 2 || xs.length !== ys.length) throw new Error(`no line through ${xs.length} points`);
  let line = leastSquares(xs, ys, xs.map((_, i) => i));
  for (let round = 0; round < ROUNDS; round++) {
    const distances = xs.map((x, i) => Math.abs(ys[i] - line.at(x)));
    const usual = [...distances].sort((a, b) => a - b)[distances.length >> 1];
    const believed = xs.map((_, i) => i).filter((i) => distances[i] <= FAR * usual);
    if (usual === 0 || believed.length < 2) break;
    line = leastSquares(xs, ys, believed);
  }
  return line;
}

/**
 * @param {number[]} xs
 * @param {number[]} ys
 * @param {number[]} chosen indices
 * @returns {Line}
 */
function leastSquares(xs, ys, chosen) {
  const mean = (/** @type {number[]} */ values) => chosen.reduce((sum, i) => sum + values[i], 0) / chosen.length;
  const [x0, y0] = [mean(xs), mean(ys)];
  const spread = chosen.reduce((sum, i) => sum + (xs[i] - x0) ** 2, 0);
  const slope = spread === 0 ? 0 : chosen.reduce((sum, i) => sum + (xs[i] - x0) * (ys[i] - y0), 0) / spread;
  return { slope, at: (x) => y0 + slope * (x - x0), inverse: (y) => x0 + (y - y0) / slope };
}
