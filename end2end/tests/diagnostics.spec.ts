// Diagnostics in the page, and the same from the console: what passes, how well this page keeps in step and why, and the
// ways to disturb it and see it heal.

import { readFileSync } from 'node:fs';
import { barriers } from './barriers.ts';
import { expect, expectInSync, expectState, play, SONGS, test, visit } from './room.ts';
import type { Page } from '@playwright/test';

/** What `window.tutti` gives of its state (manual/operations.md). */
interface StateNow {
  memberId: string;
  state: string;
  driftMs: number | null;
  offsetMs: number;
  offsetErrorMs: number;
  rttMs: number;
  profile: string;
  profileForced: boolean;
  recorded: number;
}

type Logged = { atMs: number; direction: string; type: string; bytes: number; message: Record<string, unknown> };

interface Tutti {
  state(): StateNow;
  offset(): number;
  drift(): number | null;
  pending(): { startInMs: number | null; nextLookInMs: number };
  ping(): void;
  resync(): void;
  watch(everyMs?: number): () => void;
  log(): Logged[];
}

type TuttiWindow = { tutti: Tutti };

const stateOf = (page: Page) => page.evaluate(() => (window as unknown as TuttiWindow).tutti.state());

async function open(page: Page): Promise<void> {
  await page.getByTestId('diagnostics').click();
  await expect(page.getByTestId('diagnostics-panel')).toBeVisible();
}

/** How often the server has told this page of the timeline: every 5 s while a track plays. */
function ticksOf(page: Page): () => number {
  let ticks = 0;
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => {
    if (payload.toString().includes('MUSIC_STREAM_TICK')) ticks += 1;
  }));
  return () => ticks;
}

test('diagnostics open and close by the button and by a key, and the focus goes along', async ({ host: { page } }) => {
  const panel = page.getByTestId('diagnostics-panel');
  const button = page.getByTestId('diagnostics');
  await button.click();
  await expect(panel).toBeVisible();
  await expect(button).toHaveAttribute('aria-expanded', 'true');
  await expect(page.locator('#diagnostics-title')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(panel).toHaveCount(0);
  await expect(button).toBeFocused();

  await page.keyboard.press('d');
  await expect(panel).toBeVisible();
  await page.keyboard.press('D');
  await expect(panel).toHaveCount(0);
  await page.keyboard.press('d');
  await page.getByTestId('diagnostics-close').click();
  await expect(panel).toHaveCount(0);
});

test('on a desk the panel stands beside the player and covers nothing of it', async ({ host: { page } }) => {
  await open(page);
  const [player, panel] = await Promise.all([page.locator('.now'), page.getByTestId('diagnostics-panel')].map((part) => part.boundingBox()));
  expect(panel!.x).toBeGreaterThanOrEqual(player!.x + player!.width);
});

test('messages of both directions are logged, filtered, unfolded, paused and cleared', async ({ host: { page } }) => {
  await play(page, SONGS.flac.title);
  await expectInSync(page);
  await open(page);
  await page.getByTestId('diagnostics-ping').click();
  const lines = page.getByTestId('log-message');
  const ofKind = (kind: string) => page.locator(`[data-testid=log-message][data-type=${kind}]`);
  for (const kind of ['TIME_PING', 'TIME_PONG', 'MUSIC_STREAM_TICK']) await expect(ofKind(kind)).not.toHaveCount(0);
  await expect(page.getByTestId('traffic').locator('tr', { hasText: 'TIME_PONG' })).toContainText('received');
  await expect(page.getByTestId('decisions').locator('tbody tr')).not.toHaveCount(0);

  await page.getByTestId('log-kind').selectOption('TIME_PONG');
  await expect(ofKind('TIME_PING')).toHaveCount(0);
  await lines.first().locator('summary').click();
  await expect(lines.first().locator('pre')).toContainText('"serverReceivedMs"');
  await page.getByTestId('log-kind').selectOption('');
  await page.getByTestId('log-filter').fill('trackurl');
  await expect(ofKind('TIME_PONG')).toHaveCount(0);
  await expect(ofKind('MUSIC_STREAM_TICK')).not.toHaveCount(0);

  await page.getByTestId('log-filter').fill('TIME_');
  await page.getByTestId('log-pause').click();
  const paused = await lines.count();
  const pongs = page.getByTestId('traffic').locator('tr', { hasText: 'TIME_PONG' });
  const counted = await pongs.innerText();
  await page.getByTestId('diagnostics-ping').click();
  // What is counted goes on, so the log would have by now.
  await expect.poll(() => pongs.innerText()).not.toBe(counted);
  await expect(lines).toHaveCount(paused);
  await page.getByTestId('log-pause').click();
  await expect.poll(() => lines.count()).toBeGreaterThan(paused);

  await page.getByTestId('log-filter').fill('no message says this');
  await expect(lines).toHaveCount(0);
  await page.getByTestId('log-filter').fill('HOST_PLAY');
  await page.getByTestId('log-clear').click();
  await expect(lines).toHaveCount(0);
});

test('the export is JSON with all that was seen, and has no secret in it', async ({ host: { page, code } }) => {
  await play(page, SONGS.flac.title);
  await open(page);
  await page.getByTestId('room-settings').click();
  await page.getByTestId('room-pin').fill('47114711');
  await page.getByTestId('room-pin-save').click();
  await expect(page.getByTestId('room-pin-remove')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByTestId('diagnostics-drop').click();
  await expectInSync(page);
  await expect(page.locator('[data-testid=log-message][data-type=HELLO]')).toHaveCount(1);

  const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('diagnostics-export').click()]);
  expect(download.suggestedFilename()).toBe(`tutti-${code}.json`);
  const text = readFileSync(await download.path(), 'utf8');
  expect(text).not.toContain('47114711');
  const exported = JSON.parse(text);
  expect(exported.state.room).toBe(code);
  const types = exported.messages.map(({ message }: Logged) => message.t);
  for (const type of ['HELLO', 'WELCOME', 'ROOM_STATE', 'SET_ROOM']) expect(types).toContain(type);
  expect(exported.messages.find(({ type }: Logged) => type === 'SET_ROOM').message.pin).toBe('***');
  expect(exported.samples.length).toBeGreaterThan(2);
  expect(exported.traffic.every(({ count, bytes }: { count: number; bytes: number }) => count > 0 && bytes > 0)).toBe(true);
});

test('a jump is seen, and heals with a reason', async ({ host: { page } }) => {
  await play(page, SONGS.opus.title);
  await expectInSync(page);
  await open(page);
  await page.getByTestId('diagnostics-jump-ahead').click();
  // It is over too soon to be seen in the state: the decision tells of it. The jump is a seek, during which the sound
  // stands still for some ten ms and up to a hundred; so much less than 300 ms it is ahead then.
  await expect(page.getByTestId('decisions').locator('tr', { hasText: 'Seek' }).first()).toHaveText(/far off\s*(1[5-9]|2\d|30)\d\.\d ms/);
  await expectInSync(page);
  expect(Math.abs((await stateOf(page)).driftMs ?? 99)).toBeLessThan(10);
  const drawn = page.locator('[data-quantity=drift] .plot-line').first();
  await expect(drawn).toHaveAttribute('d', /^M\d+ \d+L/);
});

test('a connection that is dropped comes back as the same member', async ({ host: { page } }) => {
  await play(page, SONGS.opus.title);
  await expectInSync(page);
  const { memberId } = await stateOf(page);
  await open(page);
  const reconnected = page.waitForEvent('websocket');
  await page.getByTestId('diagnostics-drop').click();
  await reconnected;
  await expect(page.locator('[data-testid=log-message][data-type=WELCOME]')).toHaveCount(1);
  await expectInSync(page);
  expect((await stateOf(page)).memberId).toBe(memberId);
  await expect(page.getByTestId('member')).toHaveCount(1);
});

test('a network profile by hand counts for this page, until it is let go', async ({ host: { page } }) => {
  await play(page, SONGS.opus.title);
  await expectInSync(page);
  await open(page);
  const choice = page.getByTestId('diagnostics-profile');
  const measured = (await stateOf(page)).profile;
  await choice.selectOption('mobile');
  await expect(choice).toHaveAttribute('data-profile', 'mobile');
  expect(await stateOf(page)).toMatchObject({ profile: 'mobile', profileForced: true });
  await choice.selectOption('');
  await expect(choice).toHaveAttribute('data-profile', measured);
  expect((await stateOf(page)).profileForced).toBe(false);
});

test('while nobody looks nothing is recorded, and no longer than somebody does', async ({ host: { page } }) => {
  await play(page, SONGS.opus.title);
  await expectInSync(page);
  const ticks = ticksOf(page);
  await page.reload();
  await expectInSync(page);
  await expect.poll(ticks, { timeout: 20_000 }).toBeGreaterThan(1);
  expect((await stateOf(page)).recorded).toBe(0);

  await open(page);
  await expect.poll(async () => (await stateOf(page)).recorded, { timeout: 20_000 }).toBeGreaterThan(0);
  await page.getByTestId('diagnostics-close').click();
  const { recorded } = await stateOf(page);
  const before = ticks();
  await expect.poll(ticks, { timeout: 20_000 }).toBeGreaterThan(before + 1);
  expect((await stateOf(page)).recorded).toBe(recorded);
});

test('the console has it all as window.tutti', async ({ host: { page } }) => {
  await play(page, SONGS.opus.title);
  await expectInSync(page);
  const seen = await page.evaluate(() => {
    const { tutti } = window as unknown as TuttiWindow;
    return { state: tutti.state(), offset: tutti.offset(), drift: tutti.drift(), pending: tutti.pending(), log: tutti.log() };
  });
  expect(seen.state).toMatchObject({ state: 'in-sync', recorded: 0 });
  expect(seen.state.offsetErrorMs).toBeLessThan(10);
  expect(Math.abs(seen.offset - seen.state.offsetMs)).toBeLessThan(1);
  expect(Math.abs(seen.drift ?? 99)).toBeLessThan(5);
  expect(seen.pending.nextLookInMs).toBeLessThan(30_000);
  expect(seen.log, 'it records from the first call on').toEqual([]);

  await page.evaluate(() => (window as unknown as TuttiWindow).tutti.ping());
  await expect.poll(() => page.evaluate(() => (window as unknown as TuttiWindow).tutti.log().map(({ type }) => type))).toContain('TIME_PONG');
  await page.evaluate(() => (window as unknown as TuttiWindow).tutti.resync());
  await expect.poll(() => page.evaluate(() => (window as unknown as TuttiWindow).tutti.log().map(({ type }) => type))).toContain('REQUEST_STATE');
  await expectInSync(page);

  const lines: string[] = [];
  page.on('console', (message) => lines.push(message.text()));
  await page.evaluate(() => Object.assign(window, { stop: (window as unknown as TuttiWindow).tutti.watch(100) }));
  await expect.poll(() => lines.length).toBeGreaterThan(3);
  expect(lines[0]).toMatch(/^tutti: in-sync, drift -?[\d.]+ ms, offset -?[\d.]+ ± [\d.]+ ms, rtt [\d.]+ ms$/);
  await page.evaluate(() => (window as unknown as { stop(): void }).stop());
  const stopped = lines.length;
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 500)));
  expect(lines.length).toBe(stopped);
});

test('window.tutti is gone with its room', async ({ host: { page } }) => {
  await expect.poll(() => page.evaluate(() => 'tutti' in window)).toBe(true);
  await page.locator('.wordmark').click();
  await expect(page.getByTestId('create-room')).toBeVisible();
  expect(await page.evaluate(() => 'tutti' in window)).toBe(false);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the open panel has no barrier in ${colorScheme} colours, and fits a phone`, async ({ host, newcomer }) => {
    await host.page.emulateMedia({ colorScheme });
    const guest = await newcomer({ colorScheme, viewport: { width: 360, height: 740 } });
    await visit(guest, host.code);
    await play(host.page, SONGS.opus.title);
    await expectInSync(host.page, guest);
    for (const page of [host.page, guest]) {
      await open(page);
      await page.getByTestId('diagnostics-ping').click();
      await page.getByTestId('log-message').first().locator('summary').click();
      // More come meanwhile, and go on top of it.
      await expect(page.locator('.diag-log details[open] pre')).toBeVisible();
      expect(await barriers(page)).toEqual([]);
    }
    const width = await guest.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(360);
    await expectState(guest, 'in-sync');
  });
}
