// The ways in, and why one is shut: each state says what it is, in the reader's language, and has a way out.

import type { Page, WebSocketRoute } from '@playwright/test';
import { barriers } from './barriers.ts';
import { codeOf, expect, test, visit } from './room.ts';

const GERMAN = { locale: 'de-DE' };

/** What a closed socket means: the code, what the page says of it, and what leads on beside the way home. */
const ENDS = [
  { code: 1008, english: 'The server hung up', german: 'Der Server hat aufgelegt', again: true },
  { code: 4401, english: 'This room wants a PIN', german: 'Dieser Raum will eine PIN', again: true },
  { code: 4403, english: 'You were removed from this room', german: 'Du wurdest aus diesem Raum entfernt', again: false },
  { code: 4404, english: 'This room is gone', german: 'Diesen Raum gibt es nicht mehr', again: false },
  { code: 4409, english: 'This room is full', german: 'Dieser Raum ist voll', again: true },
  { code: 4426, english: 'Tutti was updated', german: 'Tutti wurde aktualisiert', again: true },
];

/** From here on every socket of the page is closed with this code as soon as it opens. */
async function socketsEndWith(page: Page, code: number): Promise<void> {
  await page.unrouteAll();
  await page.routeWebSocket(/\/ws\//, (socket) => socket.close({ code, reason: 'as the test wants it' }));
}

test('a room with a PIN and an open door is found on the home page, and lets in who knows the PIN', async ({ page, newcomer }) => {
  await page.goto('/');
  await page.getByLabel('Name').fill('Doors & windows');
  await page.getByTestId('create-more').click();
  await page.getByTestId('create-pin').fill('4711');
  await page.getByTestId('create-listed').check();
  await page.getByTestId('create-room').click();
  await page.waitForURL(/\/r\/[A-Za-z0-9]{6}$/);
  const code = codeOf(page);
  await expect(page.getByTestId('play-pause').first()).toBeVisible();

  const guest = await newcomer();
  await guest.goto('/');
  const listed = guest.getByTestId('listed-room').filter({ hasText: 'Doors & windows' });
  await expect(listed).toContainText('1 person');
  expect(await barriers(guest)).toEqual([]);
  await listed.click();
  await expect(guest.getByTestId('pin')).toBeFocused();
  expect(await barriers(guest)).toEqual([]);
  await guest.getByTestId('pin').fill('0000');
  await guest.getByTestId('enter-pin').click();
  await expect(guest.getByRole('alert').filter({ hasText: 'That is not the PIN.' })).toBeVisible();
  await guest.getByTestId('pin').fill('4711');
  await guest.keyboard.press('Enter');
  await expect(guest.getByTestId('member')).toHaveCount(2);
  expect(codeOf(guest)).toBe(code);
});

test('a PIN that is too short is not sent, and the form says why', async ({ page }) => {
  await page.goto('/');
  await page.getByTestId('create-more').click();
  await page.getByTestId('create-pin').pressSequentially('12');
  await page.getByTestId('create-room').click();
  expect(await page.getByTestId('create-pin').evaluate((field: HTMLInputElement) => field.validity.tooShort)).toBe(true);
  expect(new URL(page.url()).pathname).toBe('/');
});

test('a German browser is spoken to in German, from the home page to the room', async ({ newcomer }) => {
  const page = await newcomer(GERMAN);
  await page.goto('/');
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await expect(page.getByRole('heading', { name: 'Einen Raum öffnen' })).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await page.getByTestId('join-code').fill('nein');
  await page.getByTestId('join').click();
  await expect(page.getByText('Das ist kein Raumcode.')).toBeVisible();

  await page.getByTestId('create-room').click();
  await page.waitForURL(/\/r\/\w+$/);
  await expect(page.getByTestId('copy-link')).toHaveText('Link kopieren');
  await expect(page.locator('#library-title')).toHaveText('Bibliothek');

  await visit(page, 'ZZZZZZ');
  await expect(page.getByRole('heading', { name: 'Diesen Raum gibt es nicht' })).toBeVisible();
  await expect(page).toHaveTitle('Diesen Raum gibt es nicht – Tutti');
  expect(await barriers(page)).toEqual([]);
  await page.getByRole('link', { name: 'Zur Startseite' }).click();
  await expect(page.getByTestId('create-room')).toHaveText('Raum öffnen');
});

for (const language of ['english', 'german'] as const) {
  test(`each end of a visit is told in ${language}, with the focus on it and a way out`, async ({ host, newcomer }) => {
    const page = await newcomer(language === 'german' ? GERMAN : {});
    for (const end of ENDS) {
      await socketsEndWith(page, end.code);
      await visit(page, host.code);
      const overlay = page.getByTestId('ended');
      await expect(overlay.getByRole('heading')).toHaveText(end[language]);
      await expect(overlay).toHaveAttribute('data-reason', String(end.code));
      await expect(overlay).toBeFocused();
      await expect(page.locator('.room')).toHaveAttribute('inert', '');
      await page.keyboard.press('Escape');
      await expect(overlay).toBeVisible();
      await expect(overlay.getByRole('link')).toHaveCount(end.again ? 2 : 1);
      expect(await barriers(page)).toEqual([]);
    }
    await page.unrouteAll();
    await page.getByTestId('ended').getByRole('link').last().click();
    await expect(page.getByTestId('create-room')).toBeVisible();
  });
}

test('a server that never answered is not said to be lost, is tried until it is there, and then can be lost', async ({ host, newcomer }) => {
  const page = await newcomer();
  let refuses = true;
  let current: WebSocketRoute | undefined;
  await page.routeWebSocket(/\/ws\//, (socket) => {
    current = socket;
    if (refuses) socket.close({ code: 1001 });
    else socket.connectToServer();
  });
  await visit(page, host.code);
  await expect(page.getByTestId('reconnecting')).toHaveText('The server does not answer. Trying again…');
  refuses = false;
  await expect(page.getByTestId('reconnecting')).toHaveCount(0, { timeout: 30_000 });
  await expect(page.getByTestId('member')).toHaveCount(2);

  refuses = true;
  await current?.close({ code: 1001 });
  await expect(page.getByTestId('reconnecting')).toHaveText('Reconnecting…');
});

test('a page whose script cannot be had says so', async ({ host, newcomer }) => {
  const page = await newcomer();
  await page.route(/\.wasm$/, (route) => route.abort());
  await visit(page, host.code);
  await expect(page.getByTestId('broken')).toBeVisible();
  await expect(page.getByTestId('broken').getByRole('link', { name: 'Reload' })).toBeVisible();
  expect(await barriers(page)).toEqual([]);
});

test('a page that starts does not', async ({ host }) => {
  await expect(host.page.getByTestId('member')).toHaveCount(1);
  await expect(host.page.getByTestId('broken')).toBeHidden();
});

test('the link goes into the clipboard with one press', async ({ host, context, server }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const link = `${server.url}/r/${host.code}`;
  await expect(host.page.getByTestId('share-link')).toHaveValue(link);
  await host.page.getByTestId('copy-link').click();
  await expect(host.page.getByTestId('notices')).toContainText('Link copied');
  expect(await host.page.evaluate(() => navigator.clipboard.readText())).toBe(link);
});

test('a QR code is shown large, and who opened Tutti as localhost is told that it leads nowhere', async ({ host, server }) => {
  const { page, code } = host;
  await expect(page.getByTestId('share-alone')).toBeVisible();
  await page.getByTestId('show-qr').click();
  const poster = page.getByTestId('qr');
  await expect(poster).toBeVisible();
  const picture = poster.getByRole('img');
  await expect(picture).toHaveAttribute('alt', `QR code of ${server.url}/r/${code}`);
  await expect.poll(() => picture.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBeGreaterThan(200);
  await expect(poster.getByTestId('qr-code')).toContainText(code.slice(0, 3));
  expect(await barriers(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(poster).toBeHidden();
  await expect(page.getByTestId('show-qr')).toBeFocused();
});
