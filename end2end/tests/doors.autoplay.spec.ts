// Saying who one is at the tap that browsers want before they play (see blocked.autoplay.spec.ts).

import { barriers } from './barriers.ts';
import { expect, expectInSync, play, SONGS, test, visit } from './room.ts';

test('a name can be given at the tap, Enter in its field starts too, and it is remembered', async ({ host, newcomer }) => {
  await play(host.page, SONGS.flac.title);
  await expectInSync(host.page);
  const guest = await newcomer();
  await visit(guest, host.code);
  const field = guest.getByTestId('tap-name');
  await expect(field).not.toHaveValue('');
  expect(await barriers(guest)).toEqual([]);
  await field.fill('Mira');
  await field.press('Enter');
  await expectInSync(guest);
  await expect(host.page.getByTestId('member').filter({ hasText: 'Mira' })).toHaveCount(1);

  const context = guest.context();
  await guest.close();
  const again = await context.newPage();
  await visit(again, host.code);
  await expect(again.getByTestId('tap-name')).toHaveValue('Mira');
});

test('who only wants to listen taps, and keeps the name that was suggested', async ({ host, newcomer }) => {
  await play(host.page, SONGS.flac.title);
  await expectInSync(host.page);
  const guest = await newcomer();
  await visit(guest, host.code);
  const suggested = await guest.getByTestId('tap-name').inputValue();
  await expect(guest.getByTestId('tap-to-start')).toBeFocused();
  await guest.getByTestId('tap-to-start').click();
  await expectInSync(guest);
  await expect(host.page.getByTestId('member').filter({ hasText: suggested })).toHaveCount(1);
});
