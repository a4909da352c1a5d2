// The flows (flows/), played in Firefox and in WebKitGTK, as engines.config.ts runs them. Playwright's runner is all that
// is used of Playwright: it drives neither of them.

import { firefox } from '../driver/firefox.ts';
import { webkit } from '../driver/webkit.ts';
import { test as base } from './base.ts';
import { playFlows, type Engine } from './flow_tests.ts';

const ENGINES: Record<string, Engine['newBrowser']> = { firefox, webkit };

playFlows(base.extend<{}, Engine>({ newBrowser: [async ({}, use, { project }) => use(ENGINES[project.name]), { scope: 'worker' }] }));
