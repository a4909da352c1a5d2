// Runs inside a page, before the page's own code, and gives it the clocks of another machine: the monotonic one runs fast,
// the wall clock is wrong. What the machine's own clock says stays readable, so that one can check that it happened.

/** What a bad quartz does. */
export const FAST_PPM = 100;
const WRONG_BY_MS = 3_600_000;

/** @typedef {Window & { ownNow: () => number }} ForeignWindow */

/** @param {{ fastPpm: number, wrongByMs: number }} how */
function replaceClocks({ fastPpm, wrongByMs }) {
  const ownNow = performance.now.bind(performance);
  const ownDate = Date.now.bind(Date);
  const timeOrigin = performance.timeOrigin;
  Performance.prototype.now = () => ownNow() * (1 + fastPpm / 1e6);
  Object.defineProperty(Performance.prototype, 'timeOrigin', { configurable: true, get: () => timeOrigin + wrongByMs });
  const wrongNow = () => ownDate() + wrongByMs;
  window.Date = new Proxy(Date, {
    construct: (target, args, self) => Reflect.construct(target, args.length === 0 ? [wrongNow()] : args, self),
    get: (target, name) => (name === 'now' ? wrongNow : Reflect.get(target, name)),
  });
  /** @type {ForeignWindow} */ (/** @type {unknown} */ (window)).ownNow = ownNow;
}

/** @param {import('@playwright/test').BrowserContext} context */
export async function installForeignClock(context) {
  await context.addInitScript(replaceClocks, { fastPpm: FAST_PPM, wrongByMs: WRONG_BY_MS });
}

/**
 * How much faster than the machine's the page's clock has run so far, in ppm, and by how much its wall clock is wrong.
 * @param {import('./browser.mjs').EarPage} page
 */
export async function foreignness(page) {
  const seen = await page.evaluate(() => ({
    ppm: (performance.now() / /** @type {ForeignWindow} */ (/** @type {unknown} */ (window)).ownNow() - 1) * 1e6,
    wallMs: Date.now(),
  }));
  return { fastPpm: seen.ppm, wrongByMs: seen.wallMs - Date.now() };
}
