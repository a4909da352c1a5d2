// A page that is acted on as a hand would, for engines whose drivers do not wait for elements themselves: look until the
// thing is there, holds still and nothing is over it, then touch the screen or press keys. What an engine brings are the
// few things in `Hands`: `firefox.ts`, `webkit.ts`.

import { setTimeout as pause } from 'node:timers/promises';
import { PATIENCE_MS, type Complaint, type Page, type Seen, type Target } from './driver.ts';
import type { EngineName } from './engines.ts';
import { aim, fileField, focused, inPage, look, MET, place } from './look.ts';

/** How often is looked whether something can be acted on. */
const EVERY_MS = 40;

/** What an engine can do with one page. */
export interface Hands {
  goto(url: string): Promise<void>;
  reload(): Promise<void>;
  /** An expression, promises awaited. */
  evaluate<T>(expression: string): Promise<T>;
  /** A touch at a place of the screen. */
  touch(x: number, y: number): Promise<void>;
  /** Types where the focus is; nothing of it is a command. */
  type(text: string): Promise<void>;
  /** Presses one key where the focus is, with `Control` held or not. */
  key(name: string, control: boolean): Promise<void>;
  /** Picks a file in the field that an expression gives. */
  attach(field: string, path: string): Promise<void>;
  complaints(): Complaint[];
}

export class HandledPage implements Page {
  #hands;

  readonly engine;

  constructor(engine: EngineName, hands: Hands) {
    this.engine = engine;
    this.#hands = hands;
  }

  goto(url: string) {
    return this.#hands.goto(url);
  }

  reload() {
    return this.#hands.reload();
  }

  see(target: Target): Promise<Seen[]> {
    return this.#hands.evaluate(inPage(look, target));
  }

  async click(target: Target) {
    let before = '';
    await this.#once(target, async () => {
      const { x, y } = await this.#hands.evaluate<{ x: number; y: number }>(inPage(place, target));
      const here = `${x},${y}`;
      const moves = here !== before;
      before = here;
      if (moves) throw new Error('it moves');
      await this.#hands.evaluate(inPage(aim, target));
      await this.#hands.touch(x, y);
      // A page that goes away while it is asked was met.
      if (!(await this.#hands.evaluate<boolean>(MET).catch(() => true))) throw new Error('it moved away under the touch');
    });
  }

  async fill(target: Target, text: string) {
    const kind = await this.#focus(target);
    if (kind === 'range') await this.#set(`field.value = ${JSON.stringify(text)}`);
    else if (text === '') await this.#hands.key('Backspace', false);
    else await this.#hands.type(text);
  }

  async choose(target: Target, index: number) {
    await this.#focus(target);
    await this.#set(`field.selectedIndex = ${index}`);
  }

  async press(target: Target, key: string) {
    await this.#focus(target);
    const control = key.startsWith('Control+');
    await this.#hands.key(control ? key.slice('Control+'.length) : key, control);
  }

  async attach(target: Target, path: string) {
    const field = inPage(fileField, target);
    await this.#once(target, () => this.#hands.evaluate(`${field} !== null`));
    await this.#hands.attach(field, path);
  }

  evaluate<T>(expression: string) {
    return this.#hands.evaluate<T>(expression);
  }

  complaints() {
    return this.#hands.complaints();
  }

  #focus(target: Target): Promise<string> {
    return this.#once(target, () => this.#hands.evaluate<string>(inPage(focused, target)));
  }

  /** What a person does to a field in one go: `input`, then `change`. */
  async #set(deed: string) {
    await this.#hands.evaluate(`((field) => {
      ${deed};
      for (const type of ['input', 'change']) field.dispatchEvent(new Event(type, { bubbles: true }));
    })(document.activeElement)`);
  }

  /** Tries until it goes, or patience ends. */
  async #once<T>(target: Target, attempt: () => Promise<T>): Promise<T> {
    for (const giveUpAt = performance.now() + PATIENCE_MS; ; await pause(EVERY_MS)) {
      try {
        return await attempt();
      } catch (error) {
        if (performance.now() > giveUpAt) throw new Error(`${JSON.stringify(target)} cannot be acted on: ${error instanceof Error ? error.message : error}`);
      }
    }
  }
}
