// What a person sets for one device, and what the device does by itself: shortcuts, silence, output offset, the screen
// that stays on, the page that stays awake, and the clicks by which it is tuned by ear.

import type { Page } from '@playwright/test';
import { AxeBuilder } from '@axe-core/playwright';
import { audible, expect, expectAtTheRoomsPlace, expectInSync, expectSilent, expectState, openRoom, play, SONGS, test, visit } from './room.ts';

const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

const ownVolume = (page: Page) => page.getByTestId('volume').inputValue().then(Number);

/** Puts the focus nowhere, as after a click beside everything. */
const nowhere = (page: Page) => page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());

/** Unfolds what is behind the line that says whether a device is in step. */
async function unfold(page: Page): Promise<void> {
  await page.locator('.sync-line').click();
  await expect(page.getByTestId('output-offset')).toBeVisible();
}

/** The deck that plays: its file, and how far its position is ahead of the clock on the wall, in seconds. */
function deck(page: Page): Promise<{ src: string; ahead: number } | null> {
  return page.evaluate(() => {
    const playing = [...document.querySelectorAll<HTMLAudioElement>('audio[data-deck]')].find((audio) => !audio.paused);
    return playing ? { src: playing.src, ahead: playing.currentTime - (performance.timeOrigin + performance.now()) / 1000 } : null;
  });
}

test('keys play, move, mute and search, and a sheet tells which', async ({ host }) => {
  const { page, api, code } = host;
  await play(page, SONGS.flac.title);
  await expectInSync(page);
  await nowhere(page);

  await page.keyboard.press('?');
  const sheet = page.getByTestId('shortcuts');
  await expect(sheet).toBeVisible();
  await expect(sheet.locator('kbd')).toHaveCount(12);
  await page.keyboard.press('m');
  expect(await ownVolume(page), 'under the sheet keys do nothing').toBe(1);
  await page.keyboard.press('Escape');
  await expect(sheet).toBeHidden();

  await page.keyboard.press(' ');
  await expect.poll(async () => (await api.playback(code)).status).toBe('paused');
  await page.keyboard.press(' ');
  await expect.poll(async () => (await api.playback(code)).status).toBe('playing');
  await expectInSync(page);

  const before = (await api.playback(code)).positionSec;
  await page.keyboard.press('ArrowRight');
  await expect.poll(async () => (await api.playback(code)).positionSec).toBeGreaterThan(before + 4.5);

  await page.keyboard.press('ArrowDown');
  await expect.poll(() => ownVolume(page)).toBe(0.95);
  await page.keyboard.press('m');
  await expect.poll(() => ownVolume(page)).toBe(0);
  await expect(page.getByTestId('notices')).toContainText('0 %');
  await page.keyboard.press('m');
  await expect.poll(() => ownVolume(page)).toBe(0.95);

  await page.keyboard.press('/');
  await expect(page.getByTestId('library-search')).toBeFocused();
  await page.keyboard.type('mm?');
  await expect(page.getByTestId('library-search')).toHaveValue(/mm\?$/);
  await expect(sheet).toBeHidden();
  expect(await ownVolume(page), 'who types means letters').toBe(0.95);
});

test('keys that follow one another at once count one by one, just before a start too, when the room is not drawn', async ({ host }) => {
  const { page } = host;
  await play(page, SONGS.flac.title);
  await expectInSync(page);
  await page.getByTestId('play-pause').click();
  await expectSilent(page);
  await nowhere(page);
  const pairs = page.evaluate(async () => {
    const press = (key: string) => document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    const sounds = () => [...document.querySelectorAll<HTMLAudioElement>('audio[data-deck]')].some((audio) => !audio.paused);
    for (const end = performance.now() + 20_000; !sounds() && performance.now() < end; ) {
      press('m');
      press('m');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
  await page.getByTestId('play-pause').click();
  await pairs;
  await expectInSync(page);
  expect(await ownVolume(page)).toBe(1);
});

test('a key that something in focus wants is left to it, and so is one with Ctrl', async ({ host }) => {
  const { page, api, code } = host;
  await play(page, SONGS.flac.title);
  await expectInSync(page);
  await page.getByTestId('mute').focus();
  await page.keyboard.press(' ');
  await expect.poll(() => ownVolume(page)).toBe(0);
  expect((await api.playback(code)).status).toBe('playing');
  await nowhere(page);
  await page.keyboard.press('Control+m');
  expect(await ownVolume(page)).toBe(0);
});

test('who may not control the room has keys for this device only', async ({ host, newcomer }) => {
  const guest = await newcomer();
  await visit(guest, host.code);
  await play(host.page, SONGS.flac.title);
  await expectInSync(host.page, guest);
  await nowhere(guest);
  await guest.keyboard.press('?');
  await expect(guest.getByTestId('shortcuts').locator('kbd')).toHaveText(['Space', '↑', '↓', 'M', 'R', '/', 'D', '?']);
  await guest.keyboard.press('Escape');
  const before = (await host.api.playback(host.code)).startPositionSec;
  await guest.keyboard.press('ArrowRight');
  await guest.keyboard.press(' ');
  await expectState(guest, 'paused');
  await expectSilent(guest);
  const after = await host.api.playback(host.code);
  expect(after).toMatchObject({ status: 'playing', startPositionSec: before });
  await guest.keyboard.press(' ');
  await expectInSync(guest);
});

test('shortcuts can be turned off, and stay off', async ({ host }) => {
  const { page } = host;
  await unfold(page);
  await page.getByTestId('shortcuts-open').click();
  await expect(page.getByTestId('shortcuts-on')).toBeChecked();
  const { violations } = await new AxeBuilder({ page }).include('[data-testid=shortcuts]').analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  await page.getByTestId('shortcuts-on').uncheck();
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('shortcuts-open'), 'the focus is back').toBeFocused();
  await page.reload();
  await expectState(page, 'idle');
  await page.keyboard.press('m');
  await page.keyboard.press('?');
  expect(await ownVolume(page)).toBe(1);
  await expect(page.getByTestId('shortcuts')).toBeHidden();
});

test('a listener silences their own device, by the button or from outside, and joins again where the room is', async ({ host, newcomer }) => {
  const guest = await newcomer();
  await visit(guest, host.code);
  await play(host.page, SONGS.flac.title);
  await expectInSync(host.page, guest);

  await guest.getByTestId('silence').click();
  await expectSilent(guest);
  expect(await audible(host.page)).not.toBeNull();
  await guest.getByTestId('silence').click();
  await expectInSync(guest);
  await expectAtTheRoomsPlace(guest, host);

  // As an unplugged headset does it.
  await guest.evaluate(() => document.querySelectorAll('audio').forEach((audio) => audio.pause()));
  await expect(guest.getByTestId('silence')).toHaveAttribute('aria-pressed', 'true');
  await guest.waitForTimeout(2_000);
  expect(await audible(guest), 'it is not fought').toBeNull();
  await guest.getByTestId('silence').click();
  await expectInSync(guest);
  await expectAtTheRoomsPlace(guest, host);
});

test('an output offset is chosen, named, kept and forgotten', async ({ page }) => {
  await openRoom(page);
  await unfold(page);
  const slider = page.getByTestId('output-offset');
  const presets = page.getByTestId('offset-preset');
  await expect(presets.first()).toHaveAttribute('aria-pressed', 'true');
  await expect(page.getByTestId('preset-name')).toHaveCount(0);

  await presets.filter({ hasText: /^Bluetooth$/ }).click();
  await expect(slider).toHaveValue('200');
  await slider.fill('185');
  await page.getByTestId('preset-name').fill('Kitchen');
  await page.getByTestId('keep-preset').click();
  const kitchen = presets.filter({ hasText: 'Kitchen' });
  await expect(kitchen).toHaveAttribute('aria-pressed', 'true');
  await expect(page.getByTestId('preset-name')).toHaveCount(0);

  await presets.first().click();
  await expect(slider).toHaveValue('0');
  await page.reload();
  await expectState(page, 'idle');
  await unfold(page);
  await kitchen.click();
  await expect(slider).toHaveValue('185');
  await expect(page.getByTestId('offset-line')).toHaveText('185 ms earlier');
  const { violations } = await new AxeBuilder({ page }).include('.offset').analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  await page.getByTestId('forget-preset').click();
  await expect(kitchen).toHaveCount(0);
});

test('the screen stays on while the music plays, and no longer', async ({ host, newcomer }) => {
  const guest = await newcomer();
  await guest.addInitScript(() => {
    const locks: { released: boolean }[] = [];
    const request = async () => {
      const lock = { released: false, release: async () => void (lock.released = true) };
      locks.push(lock);
      return lock;
    };
    Object.defineProperty(navigator, 'wakeLock', { value: { request } });
    Object.assign(window, { locks });
  });
  type Locked = Window & { locks: { released: boolean }[] };
  const held = () => guest.evaluate(() => (window as unknown as Locked).locks.filter(({ released }) => !released).length);
  await visit(guest, host.code);
  await expectState(guest, 'idle');
  expect(await held()).toBe(0);
  await play(host.page, SONGS.flac.title);
  await expect.poll(held).toBe(1);

  // The browser lets it go when the page is hidden; it is asked for again when the page is seen.
  await guest.evaluate(() => {
    (window as unknown as Locked).locks.forEach((lock) => (lock.released = true));
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await expect.poll(held).toBe(1);
  await guest.getByTestId('silence').click();
  await expect.poll(held).toBe(0);
  await guest.getByTestId('silence').click();
  await expect.poll(held).toBe(1);
  await host.page.getByTestId('play-pause').click();
  await expect.poll(held).toBe(0);
});

test('a phone plays silence while the room is paused, and the music after it; a desk does not', async ({ host, newcomer }) => {
  const guest = await newcomer(PHONE);
  await visit(guest, host.code);
  await play(host.page, SONGS.flac.title);
  await expectInSync(host.page, guest);
  const keeper = (page: Page) =>
    page.evaluate(() => {
      const { paused, loop, muted, volume, duration } = document.querySelector<HTMLAudioElement>('audio[data-keeper]') as HTMLAudioElement;
      return { paused, loop, muted, volume, lasting: duration >= 10 };
    });
  expect((await keeper(guest)).paused).toBe(true);

  await host.page.getByTestId('play-pause').click();
  await expectState(guest, 'paused');
  await expect.poll(() => keeper(guest)).toEqual({ paused: false, loop: true, muted: false, volume: 1, lasting: true });
  expect((await keeper(host.page)).paused).toBe(true);
  await expectSilent(guest);
  expect(await guest.evaluate(() => navigator.mediaSession.playbackState)).toBe('paused');

  await host.page.getByTestId('play-pause').click();
  await expectInSync(host.page, guest);
  expect((await keeper(guest)).paused).toBe(true);
});

test('devices that are tuned by ear click together, are moved by buttons and keys, and join the music again', async ({ host, newcomer }) => {
  const guest = await newcomer();
  await visit(guest, host.code);
  await play(host.page, SONGS.flac.title);
  await expectInSync(host.page, guest);
  for (const page of [host.page, guest]) {
    await unfold(page);
    await page.getByTestId('by-ear-open').click();
    await expect(page.getByTestId('by-ear')).toBeVisible();
  }
  await expect(async () => {
    const [one, two] = [await deck(host.page), await deck(guest)];
    expect(one?.src).toMatch(/^blob:/);
    expect(two?.src).toMatch(/^blob:/);
    // Recordings tell how near; by their own word they are at the same place of the same minute.
    expect(Math.abs(Number(one?.ahead) - Number(two?.ahead))).toBeLessThan(0.05);
  }).toPass({ timeout: 20_000 });
  expect((await host.api.playback(host.code)).status).toBe('playing');
  await expectInSync(host.page, guest);

  const { violations } = await new AxeBuilder({ page: guest }).include('[data-testid=by-ear]').analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  const offset = guest.getByTestId('by-ear-offset');
  await guest.locator('[data-testid=by-ear] [data-ms="10"]').click();
  await guest.keyboard.press('ArrowLeft');
  await guest.keyboard.press('Shift+ArrowRight');
  await expect(offset).toHaveText('19 ms earlier');
  await expect
    .poll(async () => Number((await deck(guest))?.ahead) - Number((await deck(host.page))?.ahead), { timeout: 10_000 })
    .toBeGreaterThan(0.005);

  await guest.getByTestId('by-ear-done').click();
  await host.page.keyboard.press('Escape');
  await expectInSync(host.page, guest);
  for (const page of [host.page, guest]) {
    expect((await deck(page))?.src).toContain('/media/');
    await expectAtTheRoomsPlace(page, host);
  }
});

test('the manifest has what browsers ask of an application that is installed', async ({ page, server }) => {
  await page.goto('/');
  const manifest = await (await page.request.get(`${server.url}/manifest.webmanifest`)).json();
  expect(manifest).toMatchObject({ id: '/', start_url: '/', scope: '/', display: 'standalone' });
  const session = await page.context().newCDPSession(page);
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  // A context of its own is a private window to the browser, which installs nothing there.
  expect(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito')).toEqual([]);
});
