// What a first visit fetches before anything works: it grows by a little with every change, and nobody sees it.

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../harness/places.mjs';
import { expect, test } from './room.ts';

/** A little more than there is (manual/decisions.md). It goes down with every saving; the aim is 256,000. */
const BUDGET_BYTES = 507_000;

test('WASM, JavaScript and styles stay within the budget, compressed', () => {
  const folder = join(PROJECT, 'target/site/pkg');
  const sizes = readdirSync(folder)
    .filter((name) => /\.(wasm|js|css)\.br$/.test(name))
    .map((name) => ({ name, bytes: statSync(join(folder, name)).size }));
  for (const { name, bytes } of sizes) console.log(`${name}: ${bytes} bytes`);
  expect(sizes, 'one file of each kind').toHaveLength(3);
  expect(sizes.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(BUDGET_BYTES);
});
