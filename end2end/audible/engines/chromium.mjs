// Chromium as an ear of the bench. The browser is started here, and Playwright only drives it: browsers that Playwright
// starts never take a tab for hidden, and do not slow down what is.

import { chromium } from '@playwright/test';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { AUTOPLAY_ALLOWED, CHROMIUM_ARGS, chromiumPath } from '../../harness/places.mjs';
import { tend } from '../../harness/processes.mjs';
import { keepLedger } from '../ledger.mjs';
import { countFrames } from '../traffic.mjs';

const START_LIMIT_MS = 20_000;

/**
 * @param {import('../browser.mjs').Place} place with a display, the browser has a real window there
 * @returns {Promise<import('../browser.mjs').Ear>}
 */
export async function openChromium({ pulse, channel, display }) {
  const profile = mkdtempSync(join(tmpdir(), `tutti-ear${channel}-`));
  const args = [
    ...CHROMIUM_ARGS,
    AUTOPLAY_ALLOWED,
    `--user-data-dir=${profile}`,
    '--remote-debugging-port=0',
    '--window-size=900,700',
    '--password-store=basic',
    '--no-default-browser-check',
    ...(display ? [] : ['--headless=new']),
  ];
  const child = spawn(chromiumPath(), [...args, 'about:blank'], {
    env: { ...process.env, ...pulse.envOfEar(channel), ...display?.env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const pid = Number(child.pid);
  const end = tend(child);
  const close = async () => {
    await end();
    rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    const browser = await chromium.connectOverCDP(await debuggingAddress(child), { noDefaults: true });
    const [context] = browser.contexts();
    const page = context.pages()[0] ?? (await context.newPage());
    await context.addInitScript(keepLedger);
    return {
      engine: 'chromium',
      version: browser.version(),
      page: {
        goto: (url) => page.goto(url),
        evaluate: (act, argument) => page.evaluate(/** @type {any} */ (act), argument),
        click: (testId) => page.getByTestId(testId).click(),
        cookies: (url) => context.cookies(url),
      },
      playwright: { page, context },
      pid,
      traffic: countFrames(page),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * What a Chromium says on its standard error once it can be driven.
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<string>}
 */
function debuggingAddress(child) {
  return new Promise((resolve, reject) => {
    const impatience = setTimeout(() => reject(new Error(`Chromium says nothing for ${START_LIMIT_MS} ms`)), START_LIMIT_MS);
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`Chromium ended with ${signal ?? code}`)));
    createInterface({ input: /** @type {import('node:stream').Readable} */ (child.stderr) }).on('line', (line) => {
      const address = /^DevTools listening on (ws:\S+)/.exec(line)?.[1];
      if (!address) return;
      clearTimeout(impatience);
      resolve(address);
    });
  });
}
