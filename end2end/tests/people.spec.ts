// Who is here, and who may do what: roles given and taken, the door, the room handed over, and what the host sets.

import { callOneself, chooseFor, expect, expectRole, make, rowOf, set, test } from './company.ts';
import { expectInSync, libraryRow, play, SONGS, visit } from './room.ts';

test('everybody is listed by name and role, the host first, and knows which one they are', async ({ company }) => {
  for (const [page, name] of [[company.host.page, 'Ada'], [company.mira, 'Mira'], [company.tom, 'Tom']] as const) {
    await expect(page.getByTestId('member-name')).toHaveText(['Ada', 'Mira', 'Tom']);
    await expectRole(page, 'Ada', 'host');
    await expectRole(page, 'Tom', 'listener');
    await expect(page.getByTestId('member').filter({ hasText: 'You' })).toContainText(name);
  }
});

test('a listener is told what they may, and shown nothing that they may not', async ({ company: { mira } }) => {
  await expect(mira.getByTestId('rights')).toHaveText('The host and DJs control the music, the host and DJs may add.');
  for (const testid of ['member-choices', 'member-health', 'sync-all', 'room-settings']) {
    await expect(mira.getByTestId(testid)).toHaveCount(0);
  }
});

test('a DJ gets the controls, and loses them again', async ({ company: { host, mira, tom } }) => {
  await make(host.page, 'Mira', 'dj');
  await expectRole(tom, 'Mira', 'dj');
  await expect(mira.getByTestId('play-pause')).toBeVisible();
  await expect(mira.getByTestId('member-choices')).toHaveCount(0);
  await play(mira, SONGS.flac.title);
  await expectInSync(host.page, mira, tom);

  await make(host.page, 'Mira', 'listener');
  await expect(mira.getByTestId('play-pause')).toHaveCount(0);
});

test('host and DJs see how well each device keeps in step', async ({ company: { host, mira, tom } }) => {
  await make(host.page, 'Mira', 'dj');
  await play(host.page, SONGS.flac.title);
  await expectInSync(host.page, mira, tom);
  for (const page of [host.page, mira]) {
    const health = rowOf(page, 'Tom').getByTestId('member-health');
    await expect(health).toHaveAttribute('data-state', 'in-sync', { timeout: 30_000 });
    await expect(health).toHaveText(/[+±−]\d+(\.\d)? ms.*\d+ ms/s);
  }
  await expect(tom.getByTestId('member-health')).toHaveCount(0);
});

test('sync all makes everybody measure anew, and the music goes on', async ({ company: { host, mira } }) => {
  await play(host.page, SONGS.flac.title);
  await expectInSync(host.page, mira);
  const told = resyncsOf(mira);
  await mira.reload();
  await expectInSync(mira);
  await host.page.getByTestId('sync-all').click();
  await expect(host.page.getByTestId('notices')).toHaveText('Everyone resyncs');
  await expect.poll(told).toBe(1);
  await expectInSync(mira);
});

test('whoever is removed is told so, and stays out', async ({ company: { host, mira, tom } }) => {
  await chooseFor(host.page, 'Mira');
  await host.page.getByTestId('remove-member').click();
  await host.page.getByTestId('confirm').click();
  await expect(mira.getByTestId('ended')).toHaveAttribute('data-reason', '4403');
  for (const page of [host.page, tom]) await expect(rowOf(page, 'Mira')).toHaveCount(0);
  // The button that was pressed is gone; the keyboard goes on at the list.
  await expect(host.page.locator('#people-title')).toBeFocused();

  await visit(mira, host.code);
  await expect(mira.getByRole('heading').first()).toBeVisible();
  await expect(mira.getByTestId('library-search')).toHaveCount(0);
  await expect(rowOf(host.page, 'Mira')).toHaveCount(0);
});

test('the room is handed over, and only the new host can give it back', async ({ company: { host, mira, tom } }) => {
  await chooseFor(host.page, 'Mira');
  await host.page.getByTestId('hand-over').click();
  await host.page.getByTestId('confirm').click();
  for (const page of [host.page, mira, tom]) {
    await expectRole(page, 'Mira', 'host');
    await expectRole(page, 'Ada', 'dj');
  }
  await expect(host.page.getByTestId('room-settings')).toHaveCount(0);
  await make(mira, 'Tom', 'dj');

  await host.page.reload();
  await expectRole(host.page, 'Ada', 'dj');
  await expect(host.page.getByTestId('room-settings')).toHaveCount(0);
});

test('the choices about a member work by keyboard alone, and give the focus back', async ({ company: { host, tom } }) => {
  const { page } = host;
  const choices = rowOf(page, 'Tom').getByTestId('member-choices');
  // What is in the sheet can have the focus from the frame on in which it is shown, and nobody sees it before.
  const open = async () => {
    await expect(choices).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog', { name: 'Tom' })).toBeVisible();
  };
  await choices.focus();
  await open();
  await page.keyboard.press('Escape');

  await open();
  await page.getByTestId('remove-member').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Back' })).toBeFocused();
  await page.keyboard.press('Escape');

  await open();
  await page.getByTestId('make-dj').focus();
  await page.keyboard.press('Enter');
  await expectRole(tom, 'Tom', 'dj');
});

test('who may control and who may add is one choice each, and counts at once', async ({ company: { host, mira } }) => {
  await set(host.page, (sheet) => sheet.getByTestId('who-adds').selectOption('Everyone'), 'Saved who may do what');
  await expect(mira.getByTestId('rights')).toHaveText('The host and DJs control the music, everyone may add.');
  const row = await libraryRow(mira, SONGS.opus.title);
  await row.getByRole('button', { name: /^Add/ }).click();
  await expect(host.page.getByTestId('queue-entry').filter({ hasText: SONGS.opus.title })).toHaveCount(1);
  await expect(mira.getByTestId('play-pause')).toHaveCount(0);

  await set(host.page, (sheet) => sheet.getByTestId('who-controls').selectOption('Everyone'), 'Saved who may do what');
  await play(mira, SONGS.flac.title);
  await expectInSync(host.page, mira);
});

test('a PIN is asked of newcomers, and not after it was removed', async ({ company: { host, newcomer } }) => {
  const pin = (digits: string) => async (sheet: ReturnType<typeof host.page.getByRole>) => {
    await sheet.getByTestId('room-pin').fill(digits);
    await sheet.getByTestId('room-pin-save').click();
  };
  await set(host.page, pin('12'), 'A PIN has 4 to 12 characters.');
  await set(host.page, pin('4711'), 'PIN set');
  const late = await newcomer();
  await visit(late, host.code);
  await late.getByTestId('pin').fill('4711');
  await late.getByTestId('enter-pin').click();
  await expect(late.getByTestId('track-title').first()).toBeVisible();

  await set(host.page, pin('0815'), 'PIN changed');
  await set(host.page, (sheet) => sheet.getByTestId('room-pin-remove').click(), 'PIN removed');
  const last = await newcomer();
  await visit(last, host.code);
  await expect(last.getByTestId('track-title').first()).toBeVisible();
});

test('a name, and a place on the home page, are given to the room by its settings', async ({ company: { host, mira, newcomer } }) => {
  const name = `Den ${host.code}`;
  await set(host.page, async (sheet) => {
    await sheet.getByTestId('room-name').fill(name);
    await sheet.getByTestId('room-name').press('Enter');
  }, 'Name saved');
  await expect(mira.getByRole('heading', { level: 1 })).toHaveText(name);
  await set(host.page, (sheet) => sheet.getByTestId('room-listed').check(), 'Listed on the home page');
  const stranger = await newcomer();
  await stranger.goto('/');
  await expect(stranger.getByText(name)).toBeVisible();
});

test('another name is everywhere, and is kept', async ({ company: { host, mira } }) => {
  await callOneself(mira, 'Mirabelle');
  await expect(rowOf(host.page, 'Mirabelle')).toHaveCount(1);
  await mira.reload();
  await expect(rowOf(mira, 'Mirabelle')).toContainText('You');
});

/** Counts the RESYNCs that a page is told, from its next load on. */
function resyncsOf(page: import('@playwright/test').Page): () => number {
  let count = 0;
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => {
      if (String(payload).includes('"t":"RESYNC"')) count += 1;
    }),
  );
  return () => count;
}
