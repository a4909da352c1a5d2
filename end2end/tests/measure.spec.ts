// The page by which a person measures with a microphone how far apart two devices sound. What it makes of two devices
// is held by a recording: to be heard in time, a made microphone needs a machine that has time for it, which is
// measure/heard.mjs.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium, type Page } from '@playwright/test';
import { CHROMIUM_ARGS, chromiumPath } from '../harness/places.mjs';
import { wavFile } from '../../public/measure/clicks.mjs';
import { record } from '../measure/evening.mjs';
import { expect, test } from './room.ts';

const OFFSET_MS = 12;
const evening = record({ offsetMs: OFFSET_MS, ppm: 40, turnSec: 7.5, gapSec: 3.5, noise: 0.01 });
const wav = Buffer.from(wavFile(evening.samples, evening.rateHz));

const offsetMs = async (page: Page) => Number(await page.locator('[data-part=measure]').getAttribute('data-offset-ms'));

async function expectTheFinding(page: Page): Promise<void> {
  await expect(page.getByTestId('measure-offset')).toContainText(/^Device 2 sounds 1[12]\.\d ms later than device 1$/);
  expect(Math.abs((await offsetMs(page)) - OFFSET_MS)).toBeLessThan(1);
  await expect(page.getByTestId('measure-advice')).toContainText('On device 2, tap “In sync” and, under “Speaker”, make it 12 ms earlier');
  await expect(page.getByTestId('measure-turns').locator('li[data-how=good]')).toHaveCount(4);
}

test('the microphone opens, and a turn can begin', async ({ server }) => {
  const folder = mkdtempSync(join(tmpdir(), 'tutti-microphone-'));
  const file = join(folder, 'microphone.wav');
  writeFileSync(file, wav);
  const browser = await chromium.launch({
    executablePath: chromiumPath(),
    args: [...CHROMIUM_ARGS, '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', `--use-file-for-fake-audio-capture=${file}`],
  });
  try {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => void (message.type() === 'error' && errors.push(message.text())));
    await page.goto(`${server.url}/measure`);
    await page.getByTestId('measure-open').click();
    await expect(page.getByTestId('measure-microphone-says')).toHaveText('The microphone is open.');
    await page.getByTestId('measure-turn-1').click();
    await expect(page.getByTestId('measure-turn-says')).toContainText('Listening to device 1');
    expect(errors).toEqual([]);
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a recording does where the browser gives no microphone, and what is in none of it is refused in words', async ({ page, server }) => {
  await page.goto(`${server.url}/measure`);
  await page.locator('summary', { hasText: 'Take a recording instead' }).click();
  await page.getByTestId('measure-recording').setInputFiles({ name: 'turns.wav', mimeType: 'audio/wav', buffer: wav });
  await expectTheFinding(page);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`)).toEqual([]);

  const once = record({ order: [0], turnSec: 6, gapSec: 0 });
  await page.getByTestId('measure-recording').setInputFiles({ name: 'one.wav', mimeType: 'audio/wav', buffer: Buffer.from(wavFile(once.samples, once.rateHz)) });
  await expect(page.getByTestId('measure-refused')).toContainText('At least two turns of each device are needed');
  await expect(page.getByTestId('measure-offset')).toBeHidden();
});

test('a room that plays the clicks is made, opened by a guest, and deleted', async ({ page, server, newcomer }) => {
  await page.goto(`${server.url}/measure`);
  await page.getByTestId('measure-make').click();
  const link = page.getByTestId('measure-link');
  await expect(link).toBeVisible({ timeout: 40_000 });
  await expect(page.getByTestId('measure-room-says')).toContainText('The room plays the clicks');
  await expect.poll(() => page.locator('[data-part=room-qr]').evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(100);

  const guest = await newcomer();
  await guest.goto(String(await link.getAttribute('href')));
  await expect(guest.getByTestId('track-title')).toHaveText(/tutti-clicks/);
  await expect(guest.getByTestId('sync-status')).toHaveAttribute('data-state', 'in-sync', { timeout: 30_000 });

  await page.getByTestId('measure-delete').click();
  await expect(page.getByTestId('measure-room-says')).toHaveText('The room is gone.');
  await expect(link).toBeHidden();
});

test('a room whose clicks are refused is not left behind', async ({ page, server }) => {
  await page.route('**/api/tracks', (route) =>
    route.fulfill({ status: 507, contentType: 'application/problem+json', body: JSON.stringify({ detail: 'The disk is full.' }) }),
  );
  await page.goto(`${server.url}/measure`);
  const made = page.waitForResponse((response) => response.url().endsWith('/api/rooms') && response.request().method() === 'POST');
  const deleted = page.waitForResponse((response) => response.request().method() === 'DELETE');
  await page.getByTestId('measure-make').click();
  const { code } = await (await made).json();
  await expect(page.getByTestId('measure-room-says')).toContainText('The disk is full.');
  expect(new URL((await deleted).url()).pathname).toBe(`/api/rooms/${code}`);
  expect((await page.request.get(`${server.url}/api/rooms/${code}`)).status()).toBe(404);
  await expect(page.getByTestId('measure-make')).toBeEnabled();
});
