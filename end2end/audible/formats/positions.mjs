// Where an element of a page says that it is, against a clock that all pages of one machine share. The functions run in
// the page; a seek is done as the room page does it: pause, go, wait, play.

/** Reads go on for so long, long enough for three windows of the recording. */
export const READ_MS = 1_800;
/** What happens in the first moment after `play()` is not what is asked here. */
const SETTLE_MS = 800;
const LIMIT_MS = 20_000;
/** WebKitGTK's `play()` may never come back although it plays; a first sound takes less than this. */
const START_MS = 2_000;

/** @typedef {{ aheadMs: number, durationSec: number }} Position media time minus the shared clock, up to a constant */

/**
 * Loads a file into a new element, which replaces the last.
 * @param {import('../browser.mjs').EarPage} page
 * @param {string} url
 */
export async function load(page, url) {
  await page.evaluate(
    async ({ url, limitMs }) => {
      const bench = /** @type {{ audio?: HTMLAudioElement }} */ (window);
      bench.audio?.pause();
      bench.audio?.removeAttribute('src');
      bench.audio?.load();
      const audio = new Audio();
      bench.audio = audio;
      Object.assign(audio, { preservesPitch: false, preload: 'auto' });
      await new Promise((resolve, reject) => {
        setTimeout(() => reject(new Error(`${url} does not load`)), limitMs);
        audio.addEventListener('canplay', resolve, { once: true });
        audio.addEventListener('error', () => reject(new Error(`${url}: ${audio.error?.message}`)), { once: true });
        // As the room page does: what was never sent anywhere sounds elsewhere (manual/sync.md).
        audio.addEventListener('loadedmetadata', () => (audio.currentTime = 0), { once: true });
        audio.src = url;
      });
    },
    { url, limitMs: LIMIT_MS },
  );
}

/**
 * Plays from a position, or from the beginning without a seek, until `READ_MS` have been read.
 * @param {import('../browser.mjs').EarPage} page
 * @param {number | null} positionSec
 * @returns {Promise<Position>}
 */
export async function playFrom(page, positionSec) {
  const { reads, durationSec } = await page.evaluate(
    async ({ positionSec, startMs, settleMs, readMs, limitMs }) => {
      const { audio } = /** @type {{ audio?: HTMLAudioElement }} */ (window);
      if (!audio) throw new Error('nothing is loaded');
      const pause = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));
      if (positionSec !== null) {
        audio.pause();
        await new Promise((resolve, reject) => {
          setTimeout(() => reject(new Error(`no seek to ${positionSec} s`)), limitMs);
          audio.addEventListener('seeked', resolve, { once: true });
          audio.currentTime = positionSec;
        });
      }
      await Promise.race([audio.play(), pause(startMs)]);
      await pause(settleMs);
      const reads = [];
      for (const endMs = performance.now() + readMs; performance.now() < endMs; ) {
        const mediaMs = audio.currentTime * 1_000;
        reads.push(mediaMs - (performance.timeOrigin + performance.now()));
        // Uneven, so that the steps of `currentTime` are met everywhere.
        await pause(7 + Math.random() * 12);
      }
      return { reads, durationSec: audio.duration };
    },
    { positionSec, startMs: START_MS, settleMs: SETTLE_MS, readMs: READ_MS, limitMs: LIMIT_MS },
  );
  // The reads are an even saw-tooth (manual/sync.md): its middle is where the element is.
  return { aheadMs: (Math.min(...reads) + Math.max(...reads)) / 2, durationSec };
}

/** @param {import('../browser.mjs').EarPage} page */
export async function silence(page) {
  await page.evaluate(() => /** @type {{ audio?: HTMLAudioElement }} */ (window).audio?.pause());
}
