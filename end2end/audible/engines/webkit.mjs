// WebKitGTK as an ear of the bench: in a window on a display that nobody sees, driven by WebKitWebDriver.

import { By, error as refusals } from 'selenium-webdriver';
import { callInPage, Crash, navigate, startWebKit } from '../../harness/webkit.mjs';
import { startDisplay } from '../display.mjs';
import { keepLedger } from '../ledger.mjs';

/**
 * @param {import('../browser.mjs').Place} place
 * @returns {Promise<import('../browser.mjs').Ear>}
 */
export async function openWebKit({ pulse, channel, display }) {
  const own = display ? null : await startDisplay();
  const { driver, pid, version, said, close } = await startWebKit({ ...pulse.envOfEar(channel), ...(display ?? own)?.env }).catch(async (error) => {
    await own?.stop();
    throw error;
  });
  /** What the driver refuses because there is no page any more. @param {unknown} error @returns {never} */
  const refuse = (error) => {
    throw error instanceof refusals.NoSuchSessionError ? new Crash([error.message, said()].filter(Boolean).join(' ')) : error;
  };
  return {
    engine: 'webkit',
    version,
    page: {
      async goto(url) {
        await navigate(driver, () => driver.get(url)).catch(refuse);
        // WebDriver cannot run anything before the page's own code; that is half a second older than what is counted.
        await callInPage(driver, `(${keepLedger})()`).catch(refuse);
      },
      evaluate: (act, argument) => callInPage(driver, `(${act})(argument)`, argument).catch(refuse),
      click: async (testId) => driver.findElement(By.css(`[data-testid="${testId}"]`)).click().catch(refuse),
      cookies: async (url) => (await driver.manage().getCookies().catch(refuse)).filter(({ domain }) => domain === new URL(url).hostname),
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
