// Adding music from the page: what a host adds everybody has, what is refused says why, and who may not is shown no way.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { musicDir } from '../harness/music.mjs';
import { wavFile } from '../harness/wav.mjs';
import { expect, libraryRow, SONGS, test, visit } from './room.ts';

const line = (page: Page, name: string) => page.getByTestId('upload-line').filter({ hasText: name });

/** A file as a person would pick it; no two titles sound the same. */
const song = (title: string, seconds = 2) => ({ name: `${title}.wav`, mimeType: 'audio/wav', buffer: wavFile(title, seconds) });

test('two files that the host adds are in the library of a listener', async ({ host, newcomer }) => {
  const guest = await newcomer();
  await visit(guest, host.code);
  await host.page.getByTestId('upload').setInputFiles([song('Tin Roof'), song('Gravel Path')]);
  for (const title of ['Tin Roof', 'Gravel Path']) {
    await expect(line(host.page, title)).toHaveAttribute('data-state', 'done');
    await expect(await libraryRow(guest, title)).toBeVisible();
  }
  await line(host.page, 'Tin Roof').getByRole('button', { name: 'Add to queue' }).click();
  await expect(guest.getByTestId('queue-entry').filter({ hasText: 'Tin Roof' })).toHaveCount(1);
});

test('files may be dropped anywhere on the page', async ({ host }) => {
  const { page } = host;
  const { name, buffer } = song('Dropped Stitch');
  const files = await page.evaluateHandle(
    ({ name, bytes }) => {
      const files = new DataTransfer();
      files.items.add(new File([new Uint8Array(bytes)], name));
      return files;
    },
    { name, bytes: [...buffer] },
  );
  const overlay = page.getByText('Let go to add to the library');
  await expect(overlay).toBeHidden();
  await page.getByTestId('upload').waitFor();
  await expect(async () => {
    await page.dispatchEvent('h1', 'dragenter', { dataTransfer: files });
    await expect(overlay).toBeVisible({ timeout: 500 });
  }).toPass();
  await page.dispatchEvent('h1', 'drop', { dataTransfer: files });
  await expect(overlay).toBeHidden();
  await expect(line(page, 'Dropped Stitch')).toHaveAttribute('data-state', 'done');
});

test('what is called off while it is sent leaves the list, and nothing comes of it', async ({ host }) => {
  const { page } = host;
  // So slow that it is certainly on its way when it is called off.
  const network = await page.context().newCDPSession(page);
  await network.send('Network.enable');
  await network.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 50_000 });
  await page.getByTestId('upload').setInputFiles([song('Never Sent', 30)]);
  await expect(line(page, 'Never Sent')).toHaveAttribute('data-state', 'sending');
  await page.getByRole('button', { name: 'Cancel Never Sent.wav' }).click();
  await expect(line(page, 'Never Sent')).toHaveCount(0);
  await network.detach();
  await page.getByTestId('upload').setInputFiles([song('Sent After')]);
  await expect(line(page, 'Sent After')).toHaveAttribute('data-state', 'done');
  expect(await host.api.trackTitled('Never Sent')).toBeUndefined();
});

test('a text that is named like music is refused with its reason', async ({ host }) => {
  const text = { name: 'fake.mp3', mimeType: 'audio/mpeg', buffer: Buffer.from('Not every file that is called music is music.\n'.repeat(200)) };
  await host.page.getByTestId('upload').setInputFiles([text]);
  const refused = line(host.page, 'fake.mp3');
  await expect(refused).toHaveAttribute('data-state', 'refused');
  await expect(refused).toContainText(/audio/);
  await refused.getByRole('button').click();
  await expect(refused).toHaveCount(0);
});

test('what is in the library already is said to be there', async ({ host }) => {
  await libraryRow(host.page, SONGS.flac.title);
  const buffer = readFileSync(join(musicDir(), SONGS.flac.file));
  await host.page.getByTestId('upload').setInputFiles([{ name: 'again.flac', mimeType: 'audio/flac', buffer }]);
  await expect(line(host.page, 'again.flac')).toHaveAttribute('data-state', 'duplicate');
  await expect(line(host.page, 'again.flac')).toContainText(SONGS.flac.title);
});

test('a listener of a room as it comes is shown no way to add', async ({ host, newcomer }) => {
  const guest = await newcomer();
  await visit(guest, host.code);
  await expect(guest.getByTestId('library-search')).toBeVisible();
  await expect(guest.getByTestId('upload')).toHaveCount(0);
  await expect(host.page.getByTestId('upload')).toBeVisible();
});
