// How the browser tests run: the system's Chromium, one test after the other, because two pages that are to be in step
// need the processor for themselves. Each worker starts its own server (tests/room.ts).

import { defineConfig } from '@playwright/test';
import { AUTOPLAY_ALLOWED, CHROMIUM_ARGS, chromiumPath } from './harness/places.mjs';

const REFUSING_AUTOPLAY = /\.autoplay\.spec\.ts$/;

const chromium = (args: string[]) => ({ launchOptions: { executablePath: chromiumPath(), args }, headless: true });

export default defineConfig({
  testDir: 'tests',
  globalSetup: './harness/awake.mjs',
  outputDir: 'test-results',
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  // Only of what the host held up: tests/base.ts.
  retries: 2,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  use: { trace: 'retain-on-failure', viewport: { width: 1280, height: 800 } },
  projects: [
    {
      name: 'chromium',
      testIgnore: REFUSING_AUTOPLAY,
      use: chromium([...CHROMIUM_ARGS, AUTOPLAY_ALLOWED]),
    },
    {
      name: 'refusing-autoplay',
      testMatch: REFUSING_AUTOPLAY,
      // Tracing looks into the page, and Chromium takes that for the touch that these tests do without.
      use: { ...chromium([...CHROMIUM_ARGS, '--autoplay-policy=document-user-activation-required']), trace: 'off' },
    },
  ],
});
