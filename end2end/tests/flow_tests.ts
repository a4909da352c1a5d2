// The flows (flows/) as tests, one each, in whatever engine: all on one server with the same three people, and once more
// on plain http from an address that is not localhost. Called by flows.spec.ts for Chromium and by engines.ts for others.

import { lookup } from 'node:dns/promises';
import { hostname, networkInterfaces } from 'node:os';
import { test as base, type TestInfo, type TestType } from '@playwright/test';
import type { Browser } from '../driver/driver.ts';
import { ENGINES } from '../driver/engines.ts';
import { flows, plainHttp } from '../flows/index.ts';
import { assertQuiet, setStage, type Flows, type Stage } from '../flows/stage.ts';
import { musicDir } from '../harness/music.mjs';
import { startServer } from '../harness/server.mjs';

/** What a stage needs: a browser of the engine, with nobody in it yet. */
export interface Engine {
  newBrowser: () => Browser;
}

interface Stages {
  stage: Stage;
  stageInTheHouse: Stage;
}

/** Defines the tests. */
export function playFlows(inEngine: TestType<{}, Engine>): void {
  const on = (where: () => Promise<{ address?: string; name?: string }>) =>
    async ({ newBrowser }: Engine, use: (stage: Stage) => Promise<void>) => {
      const server = await startServer({ musicDirs: [musicDir()], ...(await where()) });
      const people = newBrowser();
      try {
        await use(await setStage(server, people));
      } finally {
        await people.close();
        await server.stop();
      }
    };
  const test = (inEngine as unknown as typeof base).extend<{}, Stages & Engine>({
    stage: [({ newBrowser }, use) => on(async () => ({}))({ newBrowser }, use), { scope: 'worker', timeout: 90_000 }],
    stageInTheHouse: [({ newBrowser }, use) => on(notLocalhost)({ newBrowser }, use), { scope: 'worker', timeout: 90_000 }],
  });
  for (const [sentence, flow] of Object.entries(flows)) test(sentence, ({ stage }, info) => playOn(stage, flow, info));
  for (const [sentence, flow] of Object.entries(plainHttp)) test(sentence, ({ stageInTheHouse }, info) => playOn(stageInTheHouse, flow, info));
}

/** Where other machines would find this one. Without a network, its name: browsers trust only names that they know to be local. */
async function notLocalhost(): Promise<{ address: string; name?: string }> {
  const ours = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const address = ours.find(({ internal, family }) => !internal && family === 'IPv4')?.address;
  if (address) return { address };
  const name = hostname();
  return { address: (await lookup(name, 4)).address, name };
}

async function playOn(stage: Stage, flow: Flows[string], info: TestInfo): Promise<void> {
  const why = ENGINES[stage.host.engine].cannot[info.title];
  info.skip(why !== undefined, why);
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
