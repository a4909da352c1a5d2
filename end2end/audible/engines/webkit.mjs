// WebKitGTK as an ear of the bench: in a window on a display that nobody sees, driven by WebKitWebDriver.

import { By } from 'selenium-webdriver';
import { callInPage, startWebKit } from '../../harness/webkit.mjs';
import { startDisplay } from '../display.mjs';
import { keepLedger } from '../ledger.mjs';

/**
 * @param {import('../browser.mjs').Place} place
 * @returns {Promise<import('../browser.mjs').Ear>}
 */
export async function openWebKit({ pulse, channel, display }) {
  const own = display ? null : await startDisplay();
  const { driver, pid, version, close } = await startWebKit({ ...pulse.envOfEar(channel), ...(display ?? own)?.env }).catch(async (error) => {
    await own?.stop();
    throw error;
  });
  return {
    engine: 'webkit',
    version,
    page: {
      async goto(url) {
        await driver.get(url);
        // WebDriver cannot run anything before the page's own code; that is half a second older than what is counted.
        await callInPage(driver, `(${keepLedger})()`);
      },
      evaluate: (act, argument) => callInPage(driver, `(${act})(argument)`, argument),
      click: async (testId) => driver.findElement(By.css(`[data-testid="${testId}"]`)).click(),
      cookies: async (url) => (await driver.manage().getCookies()).filter(({ domain }) => domain === new URL(url).hostname),
    },
    pid,
    // What sockets carry, WebDriver does not tell.
    traffic: null,
    async close() {
      await close();
      await own?.stop();
    },
  };
}
