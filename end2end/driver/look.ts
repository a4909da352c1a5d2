// Runs inside a page: finds elements and tells what is there, and what hinders a hand that wants to act on one. These
// functions know nothing but each other, because drivers send them as their own source text; none changes the page, except
// that an element that is to be acted on comes into view.

import type { Seen, Target } from './driver.ts';

/** One of the functions below, called with a target, as an expression for the page. */
export function inPage(act: typeof look | typeof place | typeof aim | typeof focused | typeof fileField, target: Target): string {
  return `(() => { ${textOf}; ${find}; ${one}; ${act}; return ${act.name}(${JSON.stringify(target)}); })()`;
}

function textOf(element: Element): string {
  return (element.textContent ?? '').replace(/\s+/g, ' ').trim();
}

function find(target: Target): Element[] {
  const wanted = typeof target === 'string' ? { id: target } : target;
  let found = [...document.querySelectorAll(`[data-testid="${wanted.id}"]`)];
  if (wanted.text !== undefined) {
    const text = wanted.text;
    found = found.filter((element) => textOf(element).includes(text));
  }
  if (wanted.within !== undefined) {
    const around = find(wanted.within);
    found = found.filter((element) => around.some((outer) => outer !== element && outer.contains(element)));
  }
  if (wanted.having !== undefined) {
    const inside = find(wanted.having);
    found = found.filter((element) => inside.some((inner) => inner !== element && element.contains(inner)));
  }
  return wanted.nth === undefined ? found : found.slice(wanted.nth, wanted.nth + 1);
}

/** The element that is to be acted on. */
function one(target: Target): HTMLElement {
  const found = find(target);
  if (found.length !== 1) throw new Error(`${found.length} elements fit`);
  return found[0] as HTMLElement;
}

/** All elements that fit. */
export function look(target: Target): Seen[] {
  return find(target).map((element) => ({
    text: textOf(element),
    value: 'value' in element ? String(element.value) : '',
    attributes: Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value])),
    shown: element.getClientRects().length > 0 && getComputedStyle(element).visibility === 'visible',
  }));
}

/** Where on the screen the element can be touched, once it can. */
export function place(target: Target): { x: number; y: number } {
  const element = one(target);
  if (element.matches(':disabled, [aria-disabled=true]')) throw new Error('it is disabled');
  const inView = () => {
    const { left, top, width, height } = element.getBoundingClientRect();
    return { x: left + width / 2, y: top + height / 2, isThere: width > 0 && height > 0 };
  };
  const isInside = ({ x, y }: { x: number; y: number }) => x >= 0 && y >= 0 && x < innerWidth && y < innerHeight;
  if (!isInside(inView())) element.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
  const { x, y, isThere } = inView();
  if (!isThere || getComputedStyle(element).visibility !== 'visible') throw new Error('it is not shown');
  if (!isInside({ x, y })) throw new Error('it is out of view');
  const hit = document.elementFromPoint(x, y);
  const takes = hit !== null && (element.contains(hit) || hit.contains(element) || hit.closest('label')?.control === element);
  if (!takes) throw new Error(`${hit?.outerHTML.slice(0, 80)} is over it`);
  return { x, y };
}

/**
 * The next touch is for that element: what meets another, because the page has moved since it was looked at, meets nothing.
 * `MET` says how it ended.
 */
export function aim(target: Target): void {
  const element = one(target);
  const kinds = ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click'];
  const aimed = { met: false, end: () => kinds.forEach((kind) => removeEventListener(kind, check, true)) };
  const check = (event: Event) => {
    const hit = event.target as Element;
    if (element.contains(hit) || hit.closest('label')?.control === element) {
      aimed.met ||= event.type === 'click';
    } else if (!aimed.met) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  };
  kinds.forEach((kind) => addEventListener(kind, check, true));
  Object.assign(window, { aimed });
}

/** Whether the touch met what was aimed at, as an expression for the page. A page that is another one by now was met. */
export const MET = `(() => { const aimed = window.aimed; aimed?.end(); return aimed?.met ?? true; })()`;

/** Puts the focus there, and what is in a field is selected. Tells what kind of field it is. */
export function focused(target: Target): string {
  const element = one(target);
  if (element.matches(':disabled')) throw new Error('it is disabled');
  if (element.getClientRects().length === 0) throw new Error('it is not shown');
  element.focus();
  if (document.activeElement !== element) throw new Error('it takes no focus');
  if (element instanceof HTMLInputElement && element.type === 'range') return 'range';
  if (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement) {
    element.select();
    return 'text';
  }
  return element instanceof HTMLSelectElement ? 'list' : '';
}

/** The file field that is there, or inside of it. */
export function fileField(target: Target): Element {
  const element = one(target);
  const field = element.matches('input[type=file]') ? element : element.querySelector('input[type=file]');
  if (!field) throw new Error('there is no file field');
  return field;
}
