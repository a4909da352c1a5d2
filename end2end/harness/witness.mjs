// Runs inside a page, before the page's own code, and watches its <audio> elements: what could be heard, and what
// interrupted it. It only looks; the page does not know of it. Installed with `context.addInitScript(witness)`.

/**
 * @typedef {object} Witness
 * @property {() => { positionSec: number, volume: number } | null} audible the element that can be heard now
 * @property {() => number | null} placeSec where the element is that can be, or was last, heard
 * @property {() => void} mark from here on interruptions count
 * @property {() => string[]} interruptions what happened since the mark to the elements that sounded then
 * @property {() => number[]} heardSec every position at which sound was on, as far as events told
 * @property {() => { elements: number, unlocked: number }} taps how many elements were played within a user's gesture
 */

/** @typedef {Window & { witness: Witness }} WitnessedWindow */

export function witness() {
  /** @type {HTMLMediaElement | null} */
  let lastHeard = null;
  /** @type {Set<HTMLMediaElement>} */
  let marked = new Set();
  /** @type {string[]} */
  let interruptions = [];
  /** @type {number[]} */
  const heardSec = [];
  /** @type {Set<HTMLMediaElement>} */
  const playedInGesture = new Set();

  // The one that keeps a phone awake plays silence, and nobody hears it.
  const elements = () => [...document.querySelectorAll('audio')].filter((element) => !element.hasAttribute('data-keeper'));
  const sounds = (/** @type {HTMLMediaElement} */ element) =>
    !element.paused && !element.ended && !element.muted && element.volume > 0 && element.readyState >= 3;

  const note = (/** @type {Event} */ event) => {
    const element = event.target;
    if (!(element instanceof HTMLMediaElement)) return;
    if (sounds(element)) {
      lastHeard = element;
      heardSec.push(element.currentTime);
    }
    if (event.type !== 'timeupdate' && marked.has(element)) interruptions.push(`${event.type} at ${element.currentTime.toFixed(2)} s`);
  };
  // Media events do not bubble, but they pass through the window on their way down.
  for (const type of ['timeupdate', 'pause', 'waiting', 'emptied', 'ended', 'error', 'seeking']) window.addEventListener(type, note, true);

  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    if (navigator.userActivation.isActive) playedInGesture.add(this);
    return play.call(this);
  };

  const page = /** @type {WitnessedWindow} */ (/** @type {unknown} */ (window));
  page.witness = {
    audible() {
      const element = elements().find(sounds);
      return element ? { positionSec: element.currentTime, volume: element.volume } : null;
    },
    placeSec: () => (elements().find(sounds) ?? lastHeard)?.currentTime ?? null,
    mark() {
      marked = new Set(elements().filter(sounds));
      interruptions = marked.size > 0 ? [] : ['nothing sounded when the mark was set'];
    },
    interruptions: () => interruptions,
    heardSec: () => heardSec,
    taps: () => ({ elements: elements().length, unlocked: elements().filter((element) => playedInGesture.has(element)).length }),
  };
}
