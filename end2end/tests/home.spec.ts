// The home page: how people get into a room.

import { codeOf, expect, openRoom, test } from './room.ts';

test('a room is created with one click and its creator is its host', async ({ page, server }) => {
  const code = await openRoom(page);
  await expect(page.getByTestId('play-pause')).toBeVisible();
  await expect(page.getByTestId('member')).toHaveCount(1);
  expect((await fetch(`${server.url}/api/rooms/${code}`)).status).toBe(200);
});

test('somebody else joins by typing the code', async ({ host, newcomer }) => {
  const guest = await newcomer();
  await guest.goto('/');
  await guest.getByTestId('join-code').fill(host.code);
  await guest.getByTestId('join').click();
  await guest.waitForURL(/\/r\//);
  expect(codeOf(guest)).toBe(host.code);
  await expect(guest.getByTestId('member')).toHaveCount(2);
  await expect(host.page.getByTestId('member')).toHaveCount(2);
});

test('a code is accepted in small letters and with spaces around it', async ({ host, newcomer }) => {
  const guest = await newcomer();
  await guest.goto('/');
  await guest.getByTestId('join-code').fill(` ${host.code.toLowerCase()} `);
  await guest.getByTestId('join').click();
  await expect(guest.getByTestId('member')).toHaveCount(2);
});

test('an unknown code is told so, and the page goes on working', async ({ host, newcomer }) => {
  const guest = await newcomer();
  await guest.goto('/');
  await guest.getByTestId('join-code').fill('ZZZZZZ');
  await guest.getByTestId('join').click();
  await expect(guest.getByText(/no (such )?room|not found|does not exist/i).first()).toBeVisible();

  if ((await guest.getByTestId('join-code').count()) === 0) await guest.goto('/');
  await guest.getByTestId('join-code').fill(host.code);
  await guest.getByTestId('join').click();
  await expect(guest.getByTestId('member')).toHaveCount(2);
});

test('a link to a room that is not there says so with the right status and a way home', async ({ page }) => {
  const response = await page.goto('/r/ZZZZZZ');
  expect(response?.status()).toBe(404);
  await expect(page.getByText(/no (such )?room|not found|does not exist/i).first()).toBeVisible();
  await page.locator('a[href="/"]').first().click();
  await expect(page.getByTestId('create-room')).toBeVisible();
});
