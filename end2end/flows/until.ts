// Waiting for what a page, or the server, comes to: looking again and again, in any browser the same way.

import { isDeepStrictEqual } from 'node:util';
import type { Page, Seen, Target } from '../driver/driver.ts';

/** How long something that a person waits for may take on a busy machine. */
const LIMIT_MS = 20_000;
/** How often it is looked at. */
const EVERY_MS = 60;

/** Waits until a check throws no more; then its result. When time is up, what it threw last. */
export async function until<T>(check: () => Promise<T> | T, limitMs = LIMIT_MS): Promise<T> {
  for (const giveUpAt = performance.now() + limitMs; ; ) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > giveUpAt) throw error;
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  }
}

/** What is there to be seen of the elements that fit, told when it is not what was waited for. */
export async function untilSeen(page: Page, target: Target, is: (seen: Seen[]) => boolean, wanted: string): Promise<Seen[]> {
  const asked = new Error();
  return until(async () => {
    const seen = await page.see(target);
    if (is(seen)) return seen;
    const there = seen.map(({ text, value, attributes, shown }) => ({ text, value, shown, ...attributes }));
    asked.message = `${JSON.stringify(target)} is to be ${wanted}, but there is ${JSON.stringify(there)}`;
    throw asked;
  });
}

export function untilCount(page: Page, target: Target, count: number) {
  return untilSeen(page, target, (seen) => seen.length === count, `there ${count} times`);
}

export function untilShown(page: Page, target: Target) {
  return untilSeen(page, target, (seen) => seen.length > 0 && seen.every(({ shown }) => shown), 'shown');
}

export function untilHidden(page: Page, target: Target) {
  return untilSeen(page, target, (seen) => seen.every(({ shown }) => !shown), 'hidden');
}

/** Waits until every element that fits, of at least one, has this attribute. */
export function untilAttribute(page: Page, target: Target, name: string, value: string) {
  const has = (seen: Seen) => seen.attributes[name] === value;
  return untilSeen(page, target, (seen) => seen.length > 0 && seen.every(has), `of ${name} ${value}`);
}

/** Waits until the texts of the elements that fit contain these, one each, in this order. */
export function untilTexts(page: Page, target: Target, texts: string[]) {
  const fits = (seen: Seen[]) => seen.length === texts.length && seen.every(({ text }, i) => text.includes(texts[i]));
  return untilSeen(page, target, fits, JSON.stringify(texts));
}

/** Waits until something that is asked for is this. */
export function untilIs<T>(ask: () => Promise<T>, wanted: T): Promise<T> {
  const asked = new Error();
  return until(async () => {
    const got = await ask();
    if (isDeepStrictEqual(got, wanted)) return got;
    asked.message = `it is to be ${JSON.stringify(wanted)}, but is ${JSON.stringify(got)}`;
    throw asked;
  });
}
