// Runs inside a page: finds elements and tells what is there. It stands alone, because drivers send it as its own source
// text; it only looks.

import type { Seen, Target } from './driver.ts';

export function look(target: Target): Seen[] {
  const textOf = (element: Element) => (element.textContent ?? '').replace(/\s+/g, ' ').trim();

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

  return find(target).map((element) => ({
    text: textOf(element),
    value: 'value' in element ? String(element.value) : '',
    attributes: Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value])),
    shown: element.getClientRects().length > 0 && getComputedStyle(element).visibility === 'visible',
  }));
}
