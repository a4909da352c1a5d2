// The server's page and the browser's have to be one: nothing in the console, and everything that matters in the HTML.

import type { Page } from '@playwright/test';
import { Api, libraryHas } from '../harness/api.mjs';
import { expect, expectInSync, openRoom, play, SONGS, test, visit } from './room.ts';

/** Collects what a page complains about. */
function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['warning', 'error'].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
  page.on('requestfailed', (request) => {
    // A player that has enough, or seeks, gives up a range: that is no complaint.
    if (request.resourceType() !== 'media') complaints.push(`failed: ${request.url()}`);
  });
  return complaints;
}

/** A room with a name, in which a song plays though nobody is there. */
async function roomOnItsOwn(url: string, host: { api: Api }) {
  const { code, hostToken } = await new Api(url).createRoom({ name: 'Quiet Harbour' });
  const track = await libraryHas(host.api, SONGS.flac.title);
  await new Api(url).withToken(hostToken).control(code, 'play', { trackId: track.id });
  return code;
}

test('home and room page hydrate, play and say nothing in the console', async ({ page, newcomer }) => {
  const complaints = complaintsOf(page);
  const code = await openRoom(page);
  const guest = await newcomer();
  const guestsComplaints = complaintsOf(guest);
  await visit(guest, code);
  await play(page, SONGS.flac.title);
  await expectInSync(page, guest);
  await guest.reload();
  await expectInSync(guest);
  expect(complaints).toEqual([]);
  expect(guestsComplaints).toEqual([]);
});

test("the server's HTML of a room has its name and what plays in it", async ({ host, server }) => {
  const code = await roomOnItsOwn(server.url, host);
  const response = await fetch(`${server.url}/r/${code}`);
  expect(response.status).toBe(200);
  const html = await response.text();
  const body = html.slice(html.indexOf('<body'), html.indexOf('<script', html.indexOf('<body')));
  expect(body).toContain('Quiet Harbour');
  expect(body).toContain(SONGS.flac.title);
});

test('without JavaScript the room page still tells what plays', async ({ host, newcomer, server }) => {
  const code = await roomOnItsOwn(server.url, host);
  const reader = await newcomer({ javaScriptEnabled: false });
  await visit(reader, code);
  await expect(reader.getByTestId('track-title').first()).toBeVisible();
  await expect(reader.getByTestId('track-title').first()).toHaveText(SONGS.flac.title);
  await expect(reader.getByText('Quiet Harbour').first()).toBeVisible();
});
