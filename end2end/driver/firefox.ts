// The driver for Firefox, by puppeteer over WebDriver BiDi. Everybody has a process of their own.

import type { ElementHandle, KeyInput, Page as PuppeteerPage } from 'puppeteer-core';
import { startFirefox, type Firefox } from '../harness/firefox.mjs';
import { PATIENCE_MS, type Browser, type Complaint } from './driver.ts';
import { HandledPage, type Hands } from './by_hand.ts';
import { startSoundCard, type SoundCard } from './sound_card.ts';

/** What Firefox says by itself when a request or a socket fails; the page has no part in it. */
const OF_THE_NETWORK = /can’t establish a connection|was interrupted while the page was loading|NS_ERROR_/;

export function firefox(): Browser {
  const running: Firefox[] = [];
  let card: SoundCard | undefined;
  return {
    async open() {
      card ??= await startSoundCard();
      const started = await startFirefox(card.envOf(running.length));
      running.push(started);
      const page = (await started.browser.pages())[0] ?? (await started.browser.newPage());
      page.setDefaultTimeout(PATIENCE_MS);
      return new HandledPage('firefox', handsOf(page));
    },
    async close() {
      for (const { close } of running.splice(0)) await close();
      await card?.stop();
      card = undefined;
    },
  };
}

function handsOf(page: PuppeteerPage): Hands {
  const said: Complaint[] = [];
  const hear = (text: string) => said.push({ of: OF_THE_NETWORK.test(text) ? 'network' : 'page', text });
  page.on('console', (message) => {
    if (['warn', 'error'].includes(message.type())) hear(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => hear(`uncaught: ${error instanceof Error ? error.message : error}`));
  return {
    async goto(url) {
      await page.goto(url, { waitUntil: 'domcontentloaded' });
    },
    async reload() {
      await page.reload({ waitUntil: 'domcontentloaded' });
    },
    evaluate: <T>(expression: string) => page.evaluate(expression) as Promise<T>,
    touch: (x, y) => page.mouse.click(x, y),
    type: (text) => page.keyboard.type(text),
    async key(name, control) {
      if (control) await page.keyboard.down('Control');
      await page.keyboard.press((control ? name.toLowerCase() : name) as KeyInput);
      if (control) await page.keyboard.up('Control');
    },
    async attach(field, path) {
      const element = (await page.evaluateHandle(field)) as ElementHandle<HTMLInputElement>;
      await element.uploadFile(path);
    },
    complaints: () => said.splice(0),
  };
}
