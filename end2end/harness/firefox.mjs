// Starts Firefox, headless, and hands it to puppeteer, which speaks WebDriver BiDi with it: no geckodriver is in between.
// A process for each person, because in one window only the tab in front is not hidden. Used by the audible bench
// (audible/engines/firefox.mjs) and by the driver of the flows (driver/firefox.ts).

import puppeteer from 'puppeteer-core';
import { firefoxPath } from './places.mjs';
import { tend } from './processes.mjs';

const START_LIMIT_MS = 30_000;

/** Pages may sound without a touch; the sound server is the one that the bench makes; nothing is asked of Mozilla. */
const PREFERENCES = {
  'media.autoplay.default': 0,
  'media.autoplay.blocking_policy': 0,
  'media.cubeb.backend': 'pulse-rust',
  'browser.tabs.unloadOnLowMemory': false,
  'extensions.getAddons.cache.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
};

/** @typedef {{ browser: import('puppeteer-core').Browser, pid: number, close: () => Promise<void> }} Firefox */

/**
 * @param {Record<string, string>} [env] beside that of this process
 * @param {Record<string, unknown>} [preferences] beside the usual ones
 * @returns {Promise<Firefox>}
 */
export async function startFirefox(env = {}, preferences = {}) {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: firefoxPath(),
    headless: true,
    defaultViewport: null,
    args: ['--width=1280', '--height=800'],
    extraPrefsFirefox: { ...PREFERENCES, ...preferences },
    env: { ...process.env, MOZ_HEADLESS_WIDTH: '1280', MOZ_HEADLESS_HEIGHT: '800', ...env },
    timeout: START_LIMIT_MS,
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  const child = browser.process();
  const pid = child?.pid;
  if (!child || !pid) throw new Error('Firefox has no process');
  const end = tend(child);
  return {
    browser,
    pid,
    async close() {
      await browser.disconnect();
      await end();
    },
  };
}
