// Browsers refuse sound until somebody touches the page. Runs in a Chromium that does (see playwright.config.ts).
// Until the tap the page is only looked at (looker.ts).

import { looker, MIDDLE } from './looker.ts';
import { expect, expectAtTheRoomsPlace, expectInSync, expectState, play, SONGS, test, visit } from './room.ts';

test('a page that may not play asks for a tap, and the tap joins at the right place with both elements unlocked', async ({ host, newcomer }) => {
  await play(host.page, SONGS.flac.title);
  await expectInSync(host.page);
  const guest = await newcomer();
  await visit(guest, host.code);
  const look = await looker(guest);

  await expect.poll(() => look(MIDDLE('tap-to-start'))).not.toBeNull();
  await expect.poll(() => look(`document.querySelector('[data-testid="sync-status"]').dataset.state`)).toBe('blocked');
  expect(await look('navigator.userActivation.hasBeenActive')).toBe(false);
  expect(await look('witness.audible()')).toBeNull();

  const { x, y } = (await look(MIDDLE('tap-to-start'))) as { x: number; y: number };
  await guest.mouse.click(x, y);
  await expect.poll(() => look('witness.taps()')).toEqual({ elements: 2, unlocked: 2 });
  await expectInSync(guest);
  await expectAtTheRoomsPlace(guest, host);
  await expect(guest.getByTestId('tap-to-start')).toBeHidden();
});

test('a listener whose room is silent is asked once it plays, and a refusal stops nobody else', async ({ host, newcomer }) => {
  const guest = await newcomer();
  await visit(guest, host.code);
  const look = await looker(guest);
  await play(host.page, SONGS.flac.title);
  await expect.poll(() => look(MIDDLE('tap-to-start'))).not.toBeNull();
  await expectInSync(host.page);
  await expectAtTheRoomsPlace(host.page, host);
});

test('the host, who has clicked already, is not asked', async ({ host }) => {
  await play(host.page, SONGS.flac.title);
  await expectState(host.page, 'in-sync');
  await expect(host.page.getByTestId('tap-to-start')).toBeHidden();
});
