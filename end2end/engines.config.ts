// How the flows run in other engines than Chromium, which playwright.config.ts is for: `npx playwright test -c
// engines.config.ts [--project firefox]`. One test after the other, because three browsers want the processor.

import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'tests',
  testMatch: 'engines.ts',
  outputDir: 'test-results',
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  timeout: 120_000,
  reporter: [['list']],
  projects: [{ name: 'firefox' }, { name: 'webkit' }],
});
