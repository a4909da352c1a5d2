// Runs inside a page, before the page's own code, and notes what is done to its <audio> elements: every seek, every change
// of the rate and every pause, with the page's own time. It hands each on unchanged, and says nothing to the page.

/** @typedef {{ atMs: number, what: 'seek' | 'rate' | 'pause', value: number, heard: boolean }} Entry heard: the element was sounding */
/** @typedef {Window & { ledger: Entry[] }} LedgerWindow */
/** @typedef {{ rateWrites: number, jumps: number }} Writes jumps: seeks, and pauses, be it to be delayed or because another element takes over */

/** Installed by each engine as its driver can. */
export function keepLedger() {
  /** @type {Entry[]} */
  const entries = [];
  /** What is put in step first plays at −80 dB. @param {HTMLMediaElement} element */
  const isHeard = (element) => !element.paused && !element.muted && element.volume > 0.001;
  /** @param {'currentTime' | 'playbackRate'} property @param {'seek' | 'rate'} what */
  const watch = (property, what) => {
    const { get, set, ...rest } = /** @type {Required<PropertyDescriptor>} */ (Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, property));
    Object.defineProperty(HTMLMediaElement.prototype, property, {
      ...rest,
      get,
      /** @this {HTMLMediaElement} @param {number} value */
      set(value) {
        // A rate that is written again as it is changes nothing; a seek to where one is, does.
        if (what === 'seek' || value !== get.call(this)) entries.push({ atMs: performance.now(), what, value, heard: isHeard(this) });
        set.call(this, value);
      },
    });
  };
  watch('currentTime', 'seek');
  watch('playbackRate', 'rate');
  const pause = HTMLMediaElement.prototype.pause;
  HTMLMediaElement.prototype.pause = function () {
    if (!this.paused) entries.push({ atMs: performance.now(), what: 'pause', value: this.currentTime, heard: isHeard(this) });
    pause.call(this);
  };
  /** @type {LedgerWindow} */ (/** @type {unknown} */ (window)).ledger = entries;
}

/**
 * What was written since the first `from` entries.
 * @param {import('./browser.mjs').EarPage} page
 * @param {number} [from]
 * @returns {Promise<Entry[]>}
 */
export function entriesOf(page, from = 0) {
  return page.evaluate((first) => /** @type {LedgerWindow} */ (/** @type {unknown} */ (window)).ledger.slice(first), from);
}

/**
 * What of it could be heard. What is written to an element that waits for its turn disturbs nobody.
 * @param {Entry[]} entries
 * @returns {Writes}
 */
export function countHeard(entries) {
  const heard = entries.filter((entry) => entry.heard);
  return { rateWrites: heard.filter(({ what }) => what === 'rate').length, jumps: heard.filter(({ what }) => what !== 'rate').length };
}
