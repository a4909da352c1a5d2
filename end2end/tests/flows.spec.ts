// The flows (flows/), played in Chromium: one test each, all on one server with the same three people, and once more on
// plain http from an address that is not localhost. What they see in detail, the other files here test.

import { lookup } from 'node:dns/promises';
import { hostname, networkInterfaces } from 'node:os';
import { test as base, type TestInfo } from '@playwright/test';
import { driven } from '../driver/playwright.ts';
import { flows, plainHttp } from '../flows/index.ts';
import { assertQuiet, setStage, type Flows, type Stage } from '../flows/stage.ts';
import { musicDir } from '../harness/music.mjs';
import { startServer } from '../harness/server.mjs';

interface Stages {
  stage: Stage;
  stageInTheHouse: Stage;
}

const test = base.extend<{}, Stages>({
  stage: [
    async ({ browser }, use) => {
      const server = await startServer({ musicDirs: [musicDir()] });
      const people = driven(browser);
      await use(await setStage(server, people));
      await people.close();
      await server.stop();
    },
    { scope: 'worker', timeout: 90_000 },
  ],
  stageInTheHouse: [
    async ({ browser }, use) => {
      const server = await startServer({ musicDirs: [musicDir()], ...(await notLocalhost()) });
      const people = driven(browser);
      await use(await setStage(server, people));
      await people.close();
      await server.stop();
    },
    { scope: 'worker', timeout: 90_000 },
  ],
});

/** Where other machines would find this one. Without a network, its name: browsers trust only names that they know to be local. */
async function notLocalhost(): Promise<{ address: string; name?: string }> {
  const ours = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const address = ours.find(({ internal, family }) => !internal && family === 'IPv4')?.address;
  if (address) return { address };
  const name = hostname();
  return { address: (await lookup(name, 4)).address, name };
}

async function playOn(stage: Stage, flow: Flows[string], info: TestInfo): Promise<void> {
  try {
    await flow(stage);
    assertQuiet(stage);
  } catch (error) {
    const said = Object.entries({ host: stage.host, ada: stage.ada, ben: stage.ben }).map(([who, page]) => [who, page.complaints()]);
    await info.attach('said in the consoles', { body: JSON.stringify(said) });
    await info.attach('server log', { body: stage.server.logTail() });
    throw error;
  }
}

for (const [sentence, flow] of Object.entries(flows)) test(sentence, ({ stage }, info) => playOn(stage, flow, info));
for (const [sentence, flow] of Object.entries(plainHttp)) test(sentence, ({ stageInTheHouse }, info) => playOn(stageInTheHouse, flow, info));
