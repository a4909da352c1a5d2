// What all browser tests stand on. A test that failed while the host of this machine took the processors away is played
// again; one that failed on a calm machine has failed.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test as playwright } from '@playwright/test';
import { isNoteworthy, stolenShare, ticks } from '../harness/stolen.mjs';

export const test = playwright.extend<{ calmOrAgain: void }>({
  calmOrAgain: [
    async ({}, use, info) => {
      const failedCalmly = join(info.project.outputDir, `calm-${info.testId}`);
      if (info.retry > 0 && existsSync(failedCalmly)) throw new Error('it failed while the host took nothing, and is not played again');
      const before = ticks();
      await use();
      const stolen = stolenShare(before, ticks());
      if (info.status === info.expectedStatus) return;
      if (isNoteworthy(stolen)) {
        console.log(`the host took ${(stolen * 100).toFixed(0)} % of the processors from "${info.title}"`);
      } else {
        mkdirSync(info.project.outputDir, { recursive: true });
        writeFileSync(failedCalmly, '');
      }
    },
    { auto: true, timeout: 0 },
  ],
});
