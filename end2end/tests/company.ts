// What people do to each other in a room, as functions: names, roles, the door, and what the host sets.

import { expect, test as base, visit, type Newcomer, type Room } from './room.ts';
import type { Locator, Page } from '@playwright/test';

export { expect };

/** A host and two listeners, each in a browser of their own, and each by name. */
export interface Company {
  host: Room;
  mira: Page;
  tom: Page;
  newcomer: Newcomer;
}

export const test = base.extend<{ company: Company }>({
  company: async ({ host, newcomer }, use) => {
    const [mira, tom] = [await newcomer(), await newcomer()];
    for (const page of [mira, tom]) await visit(page, host.code);
    await callOneself(host.page, 'Ada');
    await callOneself(mira, 'Mira');
    await callOneself(tom, 'Tom');
    for (const page of [host.page, mira, tom]) {
      for (const name of ['Ada', 'Mira', 'Tom']) await expect(rowOf(page, name)).toHaveCount(1);
    }
    await use({ host, mira, tom, newcomer });
  },
});

/** The row of a member in the list of people. */
export function rowOf(page: Page, name: string): Locator {
  return page.getByTestId('member').filter({ has: page.getByTestId('member-name').getByText(name, { exact: true }) });
}

export async function callOneself(page: Page, name: string): Promise<void> {
  await page.getByTestId('rename').click();
  await page.getByTestId('rename-name').fill(name);
  await page.getByTestId('rename-save').click();
  await expect(rowOf(page, name)).toHaveCount(1);
}

/** Opens what the host may do about a member. */
export async function chooseFor(host: Page, name: string): Promise<void> {
  await rowOf(host, name).getByTestId('member-choices').click();
  await expect(host.getByRole('dialog', { name })).toBeVisible();
}

export async function make(host: Page, name: string, role: 'dj' | 'listener'): Promise<void> {
  await chooseFor(host, name);
  await host.getByTestId(`make-${role}`).click();
  await expectRole(host, name, role);
}

export async function expectRole(page: Page, name: string, role: 'host' | 'dj' | 'listener'): Promise<void> {
  await expect(rowOf(page, name)).toHaveAttribute('data-role', role);
}

/** Opens the room's settings, has something changed there, and waits until it is said to be saved. */
export async function set(host: Page, change: (sheet: Locator) => Promise<unknown>, said: string): Promise<void> {
  await host.getByTestId('room-settings').click();
  const sheet = host.getByRole('dialog', { name: 'Room settings' });
  await expect(sheet).toBeVisible();
  await change(sheet);
  await expect(sheet.getByTestId('settings-told')).toHaveText(said);
  await sheet.getByTestId('sheet-close').click();
  await expect(sheet).toBeHidden();
}

export async function say(page: Page, text: string): Promise<void> {
  await page.getByTestId('chat-input').fill(text);
  await page.getByTestId('chat-input').press('Enter');
}

/** The lines of the chat as a page shows them. */
export function saidIn(page: Page): Locator {
  return page.getByTestId('chat-text');
}
