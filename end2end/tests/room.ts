// What every browser test stands on: a server, a host with a room, and newcomers in browsers of their own, with the few
// things that people do in a room as functions. Tests import `test` and `expect` from here.

import { expect, type BrowserContextOptions, type Locator, type Page } from '@playwright/test';
import { Api } from '../harness/api.mjs';
import { musicDir } from '../harness/music.mjs';
import { startServer, type Server } from '../harness/server.mjs';
import { witness, type WitnessedWindow } from '../harness/witness.mjs';
import { test as base } from './base.ts';

export { expect };
export { SONGS, NOT_MUSIC } from '../harness/music.mjs';

/** Anything but a different place in the track; how exact it is, the audible bench tells. */
const SAME_PLACE_SEC = 0.5;

/** A room that somebody opened from the home page. */
export interface Room {
  page: Page;
  code: string;
  /** Asks as the host's browser would. */
  api: Api;
}

export type Newcomer = (options?: BrowserContextOptions) => Promise<Page>;

interface Fixtures {
  host: Room;
  /** Opens a page in a browser context of its own: another person. */
  newcomer: Newcomer;
  serverLog: void;
}

export const test = base.extend<Fixtures, { server: Server }>({
  server: [
    async ({}, use) => {
      const server = await startServer({ musicDirs: [musicDir()] });
      await use(server);
      await server.stop();
    },
    { scope: 'worker', timeout: 90_000 },
  ],

  baseURL: async ({ server }, use) => use(server.url),

  context: async ({ context }, use) => {
    await context.addInitScript(witness);
    await use(context);
  },

  host: async ({ page, server }, use) => {
    const code = await openRoom(page);
    await use({ page, code, api: await new Api(server.url).withCookiesOf(page.context()) });
  },

  newcomer: async ({ browser }, use) => {
    const contexts: Awaited<ReturnType<typeof browser.newContext>>[] = [];
    await use(async (options) => {
      const context = await browser.newContext(options);
      contexts.push(context);
      await context.addInitScript(witness);
      return context.newPage();
    });
    for (const context of contexts) await context.close();
  },

  serverLog: [
    async ({ server }, use, info) => {
      await use();
      if (info.status !== info.expectedStatus) await info.attach('server log', { body: server.logTail() });
    },
    { auto: true },
  ],
});

/** Opens a room from the home page and returns its code. */
export async function openRoom(page: Page): Promise<string> {
  await page.goto('/');
  await page.getByTestId('create-room').click();
  await page.waitForURL(/\/r\/[A-Za-z0-9]{6}$/);
  return codeOf(page);
}

/** The code of the room that a page shows. */
export function codeOf(page: Page): string {
  return new URL(page.url()).pathname.split('/')[2];
}

export async function visit(page: Page, code: string): Promise<void> {
  await page.goto(`/r/${code}`);
}

/** The library's row of a track, found by searching for it. */
export async function libraryRow(page: Page, title: string): Promise<Locator> {
  const search = page.getByTestId('library-search');
  if (await search.inputValue() !== title) {
    // The answer lays the rows anew, and a row that moves between a press and its release is not clicked. A page that is
    // not taken over yet asks nothing, and what it shows stays.
    const answered = page.waitForResponse((response) =>
      response.url().endsWith('/fn/browse') && (response.request().postData() ?? '').includes(title), { timeout: 3_000 },
    ).catch(() => undefined);
    await search.fill(title);
    await answered;
  }
  await expect(page.locator('#library-results')).toHaveAttribute('aria-busy', 'false');
  const row = page.getByTestId('track').filter({ hasText: title });
  await expect(row).toHaveCount(1, { timeout: 30_000 });
  return row;
}

export async function play(page: Page, title: string): Promise<void> {
  const row = await libraryRow(page, title);
  await row.getByRole('button', { name: /^Play(?! next)/ }).click();
}

export async function addToQueue(page: Page, title: string): Promise<void> {
  const row = await libraryRow(page, title);
  await row.getByRole('button', { name: /^Add/ }).click();
  await expect(page.getByTestId('queue-entry').filter({ hasText: title })).not.toHaveCount(0);
}

/** Moves a slider to a share of its range, as one drag would. */
export async function slideTo(slider: Locator, share: number): Promise<void> {
  const { min, max, step } = await slider.evaluate((input: HTMLInputElement) => ({
    min: Number(input.min || 0),
    max: Number(input.max || 100),
    step: Number(input.step) || 0,
  }));
  const wished = share * (max - min);
  await slider.fill(String(min + (step ? Math.round(wished / step) * step : wished)));
}

export async function expectState(page: Page, state: string): Promise<void> {
  await expect(page.getByTestId('sync-status')).toHaveAttribute('data-state', state, { timeout: 20_000 });
}

/** Waits until the pages say that they are in step. */
export async function expectInSync(...pages: Page[]): Promise<void> {
  for (const page of pages) await expectState(page, 'in-sync');
}

/** Waits until the page can be heard where the room's timeline is. */
export async function expectAtTheRoomsPlace(page: Page, { api, code }: Room): Promise<void> {
  await expect(async () => {
    const { positionSec } = await api.playback(code);
    const place = await placeSec(page);
    expect(place).not.toBeNull();
    expect(Math.abs(Number(place) - positionSec)).toBeLessThan(SAME_PLACE_SEC);
  }).toPass({ timeout: 15_000 });
}

/** Where the element is that sounds, or sounded last. */
export function placeSec(page: Page): Promise<number | null> {
  return page.evaluate(() => (window as unknown as WitnessedWindow).witness.placeSec());
}

/** What can be heard from a page now. */
export function audible(page: Page): Promise<{ positionSec: number; volume: number } | null> {
  return page.evaluate(() => (window as unknown as WitnessedWindow).witness.audible());
}

export async function expectSilent(page: Page): Promise<void> {
  await expect.poll(() => audible(page)).toBeNull();
}

/** From here on, what interrupts the sound of these pages is counted. */
export async function markSound(...pages: Page[]): Promise<void> {
  for (const page of pages) await page.evaluate(() => (window as unknown as WitnessedWindow).witness.mark());
}

/** Nothing paused, starved, or restarted the sound since the mark, and it is still there. */
export async function expectUninterrupted(...pages: Page[]): Promise<void> {
  for (const page of pages) {
    expect(await page.evaluate(() => (window as unknown as WitnessedWindow).witness.interruptions())).toEqual([]);
    expect(await audible(page)).not.toBeNull();
  }
}
