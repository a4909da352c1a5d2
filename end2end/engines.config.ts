// How the flows run in other engines than Chromium, which playwright.config.ts is for: `npx playwright test -c
// engines.config.ts [--project firefox]`. One test after the other, because three browsers want the processor.

import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'tests',
  testMatch: 'engines.ts',
  globalSetup: './harness/awake.mjs',
  outputDir: 'test-results',
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  // Only of what the host held up: tests/base.ts.
  retries: 2,
  timeout: 120_000,
  reporter: [['list']],
  projects: [{ name: 'firefox' }, { name: 'webkit' }],
});
