// One Chromium process per listener, each with a profile and a channel of a sound card of its own: what two devices in one
// room are, as far as one machine can be two devices. The browser is started here, and Playwright only drives it:
// browsers that Playwright starts never take a tab for hidden, and do not slow down what is.

import { chromium } from '@playwright/test';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { AUTOPLAY_ALLOWED, CHROMIUM_ARGS, chromiumPath } from '../harness/places.mjs';
import { processTree, signalTree } from '../harness/processes.mjs';
import { keepLedger } from './ledger.mjs';
import { countFrames } from './traffic.mjs';

const START_LIMIT_MS = 20_000;
const END_LIMIT_MS = 5_000;

/**
 * @typedef {object} Ear
 * @property {import('@playwright/test').Page} page
 * @property {import('@playwright/test').BrowserContext} context
 * @property {number} pid the browser's first process; the others descend from it
 * @property {import('./traffic.mjs').Traffic} traffic what the page's sockets carried so far
 * @property {() => Promise<void>} close
 */

/**
 * A browser with one empty page, whose sound goes to channel `ear`.
 * @param {import('./pulse.mjs').Pulse} pulse
 * @param {number} ear
 * @param {import('./display.mjs').Display} [display] with one, the browser has a real window there
 * @returns {Promise<Ear>}
 */
export async function openEar(pulse, ear, display) {
  const profile = mkdtempSync(join(tmpdir(), `tutti-ear${ear}-`));
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
    env: { ...process.env, ...pulse.envOfEar(ear), ...display?.env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const pid = Number(child.pid);
  const exitHook = () => signalTree(pid, 'SIGKILL');
  process.once('exit', exitHook);
  const close = async () => {
    process.removeListener('exit', exitHook);
    await endTree(child);
    rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    const browser = await chromium.connectOverCDP(await debuggingAddress(child), { noDefaults: true });
    const [context] = browser.contexts();
    const page = context.pages()[0] ?? (await context.newPage());
    await context.addInitScript(keepLedger);
    return { page, context, pid, traffic: countFrames(page), close };
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

/** Ends a browser in good order where it can, and in any case. @param {import('node:child_process').ChildProcess} child */
async function endTree(child) {
  if (!child.pid || child.exitCode !== null || child.signalCode !== null) return;
  const tree = processTree(child.pid).map(({ pid }) => pid);
  const gone = once(child, 'exit');
  signalTree(child.pid, 'SIGCONT');
  child.kill('SIGTERM');
  const impatience = setTimeout(() => signalTree(Number(child.pid), 'SIGKILL'), END_LIMIT_MS);
  await gone;
  clearTimeout(impatience);
  // What outlived its parent is still in the list, unless its number means somebody else by now.
  for (const { pid } of tree.flatMap((pid) => processTree(pid))) {
    if (tree.includes(pid)) signalTree(pid, 'SIGKILL');
  }
}
