// Starts WebKitGTK in its test browser, and a WebDriver session with it. A driver has one session, so each person has a
// driver and a browser. It has no headless mode: the environment has to name a display. Used by the audible bench
// (audible/engines/webkit.mjs) and by the driver of the flows (driver/webkit.ts).

import { spawn } from 'node:child_process';
import { Builder, Capabilities } from 'selenium-webdriver';
import { webkitDriverPath } from './places.mjs';
import { pause } from './pause.mjs';
import { tend } from './processes.mjs';
import { freePort } from './server.mjs';

const START_LIMIT_MS = 20_000;
/** Longer than any page takes to come. */
const LOAD_LIMIT_MS = 20_000;
/** Longer than any function that is called in a page takes. */
const SCRIPT_LIMIT_MS = 60_000;
/** Of what a browser says, so many characters are kept. */
const SAID_MOST = 2_000;

/** Pages may sound without a touch. */
const OPTIONS = ['--automation', '--autoplay-policy=allow'];

/**
 * @typedef {object} WebKit
 * @property {import('selenium-webdriver').WebDriver} driver
 * @property {number} pid of the driver; the browser descends from it
 * @property {string} version
 * @property {() => string} said what the browser, with all its processes, said last: why it crashed, if it did
 * @property {() => Promise<void>} close
 */

/** A process of the browser ended itself, which its page does not survive. */
export class Crash extends Error {}

/**
 * @param {Record<string, string>} env beside that of this process; with `DISPLAY`
 * @returns {Promise<WebKit>}
 */
export async function startWebKit(env) {
  const port = await freePort();
  const child = spawn(webkitDriverPath(), [`--port=${port}`], {
    // Without a desktop there is no bus for settings and accessibility; asking for them takes seconds.
    env: { ...process.env, GSETTINGS_BACKEND: 'memory', NO_AT_BRIDGE: '1', WEBKIT_DISABLE_DMABUF_RENDERER: '1', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (said = (said + text).slice(-SAID_MOST)));
  const pid = Number(child.pid);
  const close = tend(child);
  try {
    await answers(port, child);
    const driver = await new Builder()
      .usingServer(`http://127.0.0.1:${port}`)
      .withCapabilities(new Capabilities({ browserName: 'MiniBrowser', pageLoadStrategy: 'none', 'webkitgtk:browserOptions': { args: OPTIONS } }))
      .build();
    await driver.manage().setTimeouts({ script: SCRIPT_LIMIT_MS });
    const version = String((await driver.getCapabilities()).getBrowserVersion());
    return { driver, pid, version, said: () => said.trim(), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Goes elsewhere, and waits until the new document is there. By looking: the driver's own waiting may last for ever, with a
 * page that was there after some milliseconds.
 * @param {import('selenium-webdriver').WebDriver} driver
 * @param {() => Promise<void>} go
 */
export async function navigate(driver, go) {
  await driver.executeScript('window.isLeft = true');
  await go();
  const isThere = () => driver.executeScript("return !window.isLeft && document.readyState !== 'loading'").catch(() => false);
  for (const giveUpAt = performance.now() + LOAD_LIMIT_MS; !(await isThere()); await pause(20)) {
    if (performance.now() > giveUpAt) throw new Error('WebKitGTK did not load the page');
  }
}

/**
 * Calls a function in the page, which stands alone and may give a promise; what it takes and gives is JSON.
 * @template R
 * @param {import('selenium-webdriver').WebDriver} driver
 * @param {string} expression
 * @param {unknown} [argument]
 * @returns {Promise<R>}
 */
export async function callInPage(driver, expression, argument) {
  const script = `
    const done = arguments[arguments.length - 1];
    (async (argument) => (${expression}))(arguments[0]).then(
      (value) => done({ value }),
      (error) => done({ error: String(error?.message ?? error) }),
    );`;
  const { value, error } = /** @type {{ value: R, error?: string }} */ (await driver.executeAsyncScript(script, argument));
  if (error !== undefined) throw new Error(error);
  return value;
}

/**
 * @param {number} port
 * @param {import('node:child_process').ChildProcess} child
 */
async function answers(port, child) {
  /** @type {string | undefined} */
  let ended;
  child.once('error', (error) => (ended = error.message));
  child.once('exit', (code, signal) => (ended ??= `it ended with ${signal ?? code}`));
  for (const giveUpAt = performance.now() + START_LIMIT_MS; ; await pause(50)) {
    if (await fetch(`http://127.0.0.1:${port}/status`).then(({ ok }) => ok, () => false)) return;
    if (ended ?? performance.now() > giveUpAt) throw new Error(`no WebKitWebDriver: ${ended ?? 'it does not answer'}`);
  }
}
