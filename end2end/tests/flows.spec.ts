// The flows (flows/), played in Chromium. What they see in detail, the other files here test.

import { driven } from '../driver/playwright.ts';
import { test as base } from './base.ts';
import { playFlows, type Engine } from './flow_tests.ts';

playFlows(base.extend<{}, Engine>({ newBrowser: [async ({ browser }, use) => use(() => driven(browser)), { scope: 'worker' }] }));
