// Where a flow plays: a server, a host and two listeners, each in a browser of their own, and what they all do in any
// flow. Whoever runs flows makes the stage once, plays one flow after the other on it, and asks `assertQuiet` after each.

import assert from 'node:assert/strict';
import type { Browser, Page } from '../driver/driver.ts';
import { Api } from '../harness/api.mjs';
import type { Server } from '../harness/server.mjs';
import { untilCount, untilShown, untilTexts, until } from './until.ts';

export interface Stage {
  server: Server;
  browser: Browser;
  host: Page;
  ada: Page;
  ben: Page;
}

/** What people do and see, whatever the browser. The names of flows are sentences. */
export type Flows = Record<string, (stage: Stage) => Promise<void>>;

/** A room with the three of them in it. */
export interface Room {
  code: string;
  link: string;
  /** Asks about the room as anybody may. */
  api: Api;
}

/** Three people who were never here, and a server that runs. */
export async function setStage(server: Server, browser: Browser): Promise<Stage> {
  return { server, browser, host: await browser.open(), ada: await browser.open(), ben: await browser.open() };
}

/** Opens a room from the home page; returns its code. */
export async function openRoom(page: Page, url: string): Promise<string> {
  await page.goto(url);
  await page.click('create-room');
  return codeOf(page);
}

/** The code of the room that a page shows. */
export async function codeOf(page: Page): Promise<string> {
  return until(async () => {
    const path = await page.evaluate<string>('location.pathname');
    const code = /^\/r\/([A-Z0-9]{6})$/.exec(path)?.[1];
    assert(code, `${path} is no room`);
    await untilShown(page, 'sync-status');
    return code;
  });
}

/** The host opens a room, Ada and Ben follow the link; everybody sees everybody, by name. */
export async function gather({ server, host, ada, ben }: Stage): Promise<Room> {
  const code = await openRoom(host, server.url);
  const link = `${server.url}/r/${code}`;
  await Promise.all([ada.goto(link), ben.goto(link)]);
  for (const page of [host, ada, ben]) await untilCount(page, 'member', 3);
  for (const [page, name] of [[host, 'Hanna'], [ada, 'Ada'], [ben, 'Ben']] as const) await callOneself(page, name);
  for (const page of [host, ada, ben]) await untilTexts(page, 'member-name', ['Hanna', 'Ada', 'Ben']);
  return { code, link, api: new Api(server.url) };
}

/** Takes a name, unless it is remembered from the last room. */
async function callOneself(page: Page, name: string): Promise<void> {
  const me = { id: 'member-name', within: { id: 'member', having: 'rename' } };
  const [seen] = await untilShown(page, me);
  if (seen.text === name) return;
  await page.click('rename');
  await page.fill('rename-name', name);
  await page.click('rename-save');
  await untilTexts(page, me, [name]);
}

/** Nobody's page said anything that nobody should have to read. */
export function assertQuiet({ host, ada, ben }: Stage): void {
  const said = Object.entries({ host, ada, ben }).flatMap(([who, page]) => page.complaints().map(({ text }) => `${who}: ${text}`));
  assert.deepEqual(said, []);
}

/** What the browser told of the network in these pages is what the flow itself did. All else is still said. */
export function forgiveNetwork(...pages: Page[]): void {
  const said = pages.flatMap((page) => page.complaints().filter(({ of }) => of !== 'network'));
  assert.deepEqual(said, []);
}
