// Saying who one is at the tap that browsers want before they play (see blocked.autoplay.spec.ts).

import type { Page } from '@playwright/test';
import { barriers } from './barriers.ts';
import { looker, MIDDLE } from './looker.ts';
import { expect, expectInSync, play, SONGS, test, visit, type Room } from './room.ts';

/** Comes in while music plays, and waits until the browser has refused it. */
async function comeInRefused(guest: Page, { code }: Room): Promise<void> {
  await visit(guest, code);
  const look = await looker(guest);
  await expect.poll(() => look(MIDDLE('tap-to-start'))).not.toBeNull();
}

test('a name can be given at the tap, Enter in its field starts too, and it is remembered', async ({ host, newcomer }) => {
  await play(host.page, SONGS.flac.title);
  await expectInSync(host.page);
  const guest = await newcomer();
  await comeInRefused(guest, host);
  const field = guest.getByTestId('tap-name');
  await expect(field).not.toHaveValue('');
  await expect(guest.getByTestId('tap-to-start')).toBeFocused();
  expect(await barriers(guest)).toEqual([]);
  await field.fill('Mira');
  await field.press('Enter');
  await expectInSync(guest);
  await expect(guest.getByTestId('tap-to-start')).toBeHidden();
  await expect(host.page.getByTestId('member').filter({ hasText: 'Mira' })).toHaveCount(1);

  const context = guest.context();
  await guest.close();
  const again = await context.newPage();
  await comeInRefused(again, host);
  await expect(again.getByTestId('tap-name')).toHaveValue('Mira');
});

test('who only wants to listen taps, and keeps the name that was suggested', async ({ host, newcomer }) => {
  await play(host.page, SONGS.flac.title);
  await expectInSync(host.page);
  const guest = await newcomer();
  await comeInRefused(guest, host);
  const suggested = await guest.getByTestId('tap-name').inputValue();
  await guest.keyboard.press('Enter');
  await expectInSync(guest);
  await expect(host.page.getByTestId('member').filter({ hasText: suggested })).toHaveCount(1);
});
