// What the flows need of a browser, and nothing else: the whole of what another engine's driver has to bring. The flows
// know pages only through this; `playwright.ts` is it for Chromium, `firefox.ts` and `webkit.ts` for the others.
//
// To write another one:
// - everything is found by `data-testid`; `look` in `look.ts` finds it inside the page, and runs through whatever the
//   engine has for "evaluate this in the page". `see` is that call and no more;
// - `click`, `fill`, `choose`, `press` and `attach` wait until exactly one element fits and may be used, up to
//   {@link PATIENCE_MS}, and then act as a person would, through the engine's own input where it has one: browsers tell
//   a person's touch from a script's before they let a page sound;
// - nothing here waits for what the page makes of it: flows do that themselves, by looking again (`flows/until.ts`);
// - where the engine's driver waits for nothing, `by_hand.ts` does, and only the few things in its `Hands` are to bring.

import type { EngineName } from './engines.ts';

/** How long a driver waits for an element to act on. */
export const PATIENCE_MS = 10_000;

/** Elements, by their `data-testid`, or by that and more. */
export type Target =
  | string
  | {
      /** The `data-testid`. */
      id: string;
      /** Only those with this in their text. */
      text?: string;
      /** Only those inside of that, or around that. */
      within?: Target;
      having?: Target;
      /** Only this one of what fits, in the order of the document, from 0. */
      nth?: number;
    };

/** An element as it was when it was looked at. */
export interface Seen {
  /** Its text, hidden parts included, each run of white space one blank. */
  text: string;
  /** What is typed, set or chosen there; empty for what is no field. */
  value: string;
  /** Its attributes; one that is not there is `undefined`. */
  attributes: Record<string, string | undefined>;
  /** Whether it has a place on the page. */
  shown: boolean;
}

/** What a page said that nobody should have to read. */
export interface Complaint {
  /** `network`: the browser itself tells that something could not be had, which is right where a flow breaks it. */
  of: 'page' | 'network';
  text: string;
}

/** One person's page. */
export interface Page {
  readonly engine: EngineName;
  /** Loads an address, and waits until its document is there. */
  goto(url: string): Promise<void>;
  /** Loads the page again, as its button would. */
  reload(): Promise<void>;
  /** All elements that fit, now. */
  see(target: Target): Promise<Seen[]>;
  click(target: Target): Promise<void>;
  /** Replaces what is in a field. A range is set as one drag would: an `input` event, then a `change`. */
  fill(target: Target, text: string): Promise<void>;
  /** Chooses from a list, by place from 0. */
  choose(target: Target, index: number): Promise<void>;
  /** Presses a key (`KeyboardEvent.key`, or `Control+` and one) with the focus on that element. */
  press(target: Target, key: string): Promise<void>;
  /** Picks a file of this machine in the file field that is there, or inside of it. */
  attach(target: Target, path: string): Promise<void>;
  /** What an expression is inside the page, promises awaited, as JSON. Only for what no person could see. */
  evaluate<T>(expression: string): Promise<T>;
  /** Errors and warnings of the console, and errors that nobody caught, since this was asked last. */
  complaints(): Complaint[];
}

/** One engine. */
export interface Browser {
  /** The empty page of a person who was never here: with cookies and storage of its own. */
  open(): Promise<Page>;
  close(): Promise<void>;
}
