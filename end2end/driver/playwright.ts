// The driver for Chromium, by Playwright. A browser is launched by whoever runs the flows; this opens pages in it.

import type { Browser as Engine, BrowserContext, BrowserContextOptions, ConsoleMessage, Locator, Page as PlaywrightPage } from '@playwright/test';
import { PATIENCE_MS, type Browser, type Complaint, type Page, type Seen, type Target } from './driver.ts';
import { inPage, look } from './look.ts';

/** What Chromium says by itself when a request or a socket fails; the page has no part in it. */
const OF_THE_NETWORK = /^(Failed to load resource|WebSocket connection to)/;

/** Opens pages in a browser that runs. */
export function driven(engine: Engine, options: BrowserContextOptions = {}): Browser {
  const contexts: BrowserContext[] = [];
  return {
    async open() {
      const context = await engine.newContext(options);
      context.setDefaultTimeout(PATIENCE_MS);
      contexts.push(context);
      return new ChromiumPage(await context.newPage());
    },
    async close() {
      for (const context of contexts.splice(0)) await context.close();
    },
  };
}

class ChromiumPage implements Page {
  readonly engine = 'chromium';
  #page;
  #complaints: Complaint[] = [];

  constructor(page: PlaywrightPage) {
    this.#page = page;
    page.on('console', (message) => this.#hear(message));
    page.on('pageerror', (error) => this.#complaints.push({ of: 'page', text: `uncaught: ${error.message}` }));
  }

  async goto(url: string) {
    await this.#page.goto(url);
  }

  async reload() {
    await this.#page.reload();
  }

  see(target: Target): Promise<Seen[]> {
    return this.#page.evaluate<Seen[]>(inPage(look, target));
  }

  async click(target: Target) {
    await this.#one(target).click();
  }

  async fill(target: Target, text: string) {
    await this.#one(target).fill(text);
  }

  async choose(target: Target, index: number) {
    await this.#one(target).selectOption({ index });
  }

  async press(target: Target, key: string) {
    await this.#one(target).press(key);
  }

  async attach(target: Target, path: string) {
    await this.#one(target).setInputFiles(path);
  }

  evaluate<T>(expression: string): Promise<T> {
    return this.#page.evaluate<T>(expression);
  }

  complaints() {
    return this.#complaints.splice(0);
  }

  #one(target: Target): Locator {
    const wanted = typeof target === 'string' ? { id: target } : target;
    const around = wanted.within === undefined ? this.#page : this.#one(wanted.within);
    const found = around.getByTestId(wanted.id).filter({
      ...(wanted.text !== undefined && { hasText: exactly(wanted.text) }),
      ...(wanted.having !== undefined && { has: this.#one(wanted.having) }),
    });
    return wanted.nth === undefined ? found : found.nth(wanted.nth);
  }

  #hear(message: ConsoleMessage) {
    if (!['warning', 'error'].includes(message.type())) return;
    const text = message.text();
    this.#complaints.push({ of: OF_THE_NETWORK.test(text) ? 'network' : 'page', text: `${message.type()}: ${text}` });
  }
}

/** Playwright takes a bare text for one in any case of letters. */
function exactly(text: string): RegExp {
  return new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
}
