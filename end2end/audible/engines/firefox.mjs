// Firefox as an ear of the bench: headless, a process each, driven over WebDriver BiDi.

import { startFirefox } from '../../harness/firefox.mjs';
import { keepLedger } from '../ledger.mjs';

/**
 * @param {import('../browser.mjs').Place} place
 * @returns {Promise<import('../browser.mjs').Ear>}
 */
export async function openFirefox({ pulse, channel }) {
  const { browser, pid, close } = await startFirefox(pulse.envOfEar(channel));
  try {
    const page = (await browser.pages())[0] ?? (await browser.newPage());
    await page.evaluateOnNewDocument(keepLedger);
    return {
      engine: 'firefox',
      version: (await browser.version()).replace(/^\w+\//, ''),
      page: {
        goto: (url) => page.goto(url, { waitUntil: 'domcontentloaded' }),
        evaluate: (act, argument) => page.evaluate(/** @type {any} */ (act), argument),
        async click(testId) {
          const element = await page.$(`[data-testid="${testId}"]`);
          if (!element) throw new Error(`no ${testId} to click on`);
          await element.click();
        },
        cookies: async (url) => (await browser.cookies()).filter(({ domain }) => domain === new URL(url).hostname),
      },
      pid,
      // What sockets carry, WebDriver BiDi does not tell.
      traffic: null,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
