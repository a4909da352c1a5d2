// One Chromium process per listener, each with a profile and a channel of the sound card of its own: what two devices
// in one room are, as far as one machine can be two devices.

import { chromium } from '@playwright/test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AUTOPLAY_ALLOWED, CHROMIUM_ARGS, chromiumPath } from '../harness/places.mjs';

/** @typedef {{ page: import('@playwright/test').Page, close: () => Promise<void> }} Ear */

/**
 * A browser with one empty page, whose sound goes to channel `ear`.
 * @param {import('./pulse.mjs').Pulse} pulse
 * @param {number} ear
 * @returns {Promise<Ear>}
 */
export async function openEar(pulse, ear) {
  const profile = mkdtempSync(join(tmpdir(), `tutti-ear${ear}-`));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath(),
    headless: true,
    args: [...CHROMIUM_ARGS, AUTOPLAY_ALLOWED],
    // Playwright mutes headless browsers; this one is to be heard.
    ignoreDefaultArgs: ['--mute-audio'],
    env: { ...inherited(), ...pulse.envOfEar(ear) },
    viewport: { width: 900, height: 700 },
  });
  const page = context.pages()[0] ?? (await context.newPage());
  return {
    page,
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/** The environment of this process, without the entries that are not set. */
function inherited() {
  return Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== undefined).map(([name, value]) => [name, String(value)]));
}
