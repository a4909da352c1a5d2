// What people say and show to each other, and the bounds of it.

import { expect, say, saidIn, test } from './company.ts';
import { play, SONGS, visit } from './room.ts';

const EMOJI = '👏';
/** Lines at once, as in src/protocol/limits.rs. */
const AT_ONCE = 5;

test('what one says, everybody reads, with the name and the time of it', async ({ company: { host, mira, tom } }) => {
  await say(mira, '  hello   out there ');
  for (const page of [host.page, mira, tom]) {
    await expect(saidIn(page)).toHaveText(['hello out there']);
    await expect(page.getByTestId('chat-line').locator('time')).toHaveText(/^\d\d:\d\d$/);
  }
  await expect(tom.getByTestId('chat-line')).toContainText('Mira');
  await expect(mira.getByTestId('chat-line')).toContainText('You');
  await expect(mira.getByTestId('chat-input')).toHaveValue('');
  // Read out to others, and not to who wrote it.
  await expect(tom.getByTestId('chat-aloud')).toHaveText('Mira: hello out there');
  await expect(mira.getByTestId('chat-aloud')).toHaveText('');
});

test('who comes later finds what was said', async ({ company: { host, mira, newcomer } }) => {
  await say(host.page, 'Dinner at eight');
  await expect(saidIn(mira)).toHaveText(['Dinner at eight']);
  const late = await newcomer();
  await visit(late, host.code);
  await expect(saidIn(late)).toHaveText(['Dinner at eight']);
  await expect(late.getByTestId('chat-aloud')).toHaveText('');
});

test('an address is a link that tells nobody where it was found, and everything else is text', async ({ company: { host, tom } }) => {
  await say(host.page, 'see https://example.org/a?b=c. <b>not bold</b> javascript:alert(1)');
  const line = saidIn(tom);
  await expect(line).toHaveText('see https://example.org/a?b=c. <b>not bold</b> javascript:alert(1)');
  const link = line.getByRole('link');
  await expect(link).toHaveCount(1);
  await expect(link).toHaveAttribute('href', 'https://example.org/a?b=c');
  await expect(link).toHaveAttribute('rel', 'noopener noreferrer nofollow');
  await expect(link).toHaveAttribute('target', '_blank');
});

test('a line that is too long is counted, and not sent', async ({ company: { mira, tom } }) => {
  const count = mira.getByTestId('chat-count');
  await mira.getByTestId('chat-input').fill('x'.repeat(449));
  await expect(count).toHaveText('');
  await mira.getByTestId('chat-input').fill('x'.repeat(501));
  await expect(count).toHaveText('501 of 500 characters');
  await mira.getByTestId('chat-input').press('Enter');
  await expect(mira.getByTestId('chat-input')).toHaveValue('x'.repeat(501));
  await mira.getByTestId('chat-input').fill('x'.repeat(500));
  await mira.getByTestId('chat-input').press('Enter');
  await expect(saidIn(tom)).toHaveText(['x'.repeat(500)]);
});

test('what is too much at once comes back into the field', async ({ company: { mira, tom } }) => {
  const lines = Array.from({ length: AT_ONCE + 1 }, (_, number) => `line ${number}`);
  for (const line of lines) {
    await say(mira, line);
    if (line !== lines.at(-1)) await expect(saidIn(mira).last()).toHaveText(line);
  }
  await expect(mira.getByTestId('chat-input')).toHaveValue(lines.at(-1)!);
  await expect(mira.getByTestId('notices')).not.toHaveText('');
  await expect(saidIn(tom)).toHaveText(lines.slice(0, AT_ONCE));
});

test('who has scrolled up stays there, and is told that there is more', async ({ company: { host, mira, tom } }) => {
  // Two people, because one may not say so much at once.
  for (const page of [host.page, mira]) {
    for (let number = 0; number < 4; number++) {
      const line = `${number} ${'and so on '.repeat(30)}`.trim();
      await say(page, line);
      await expect(saidIn(page).last()).toHaveText(line);
    }
  }
  const log = tom.getByTestId('chat-log');
  await expect(saidIn(tom)).toHaveCount(8);
  await expect(saidIn(tom).last()).toBeInViewport();
  await log.focus();
  await tom.keyboard.press('Home');
  await expect(saidIn(tom).first()).toBeInViewport();

  await say(tom, 'mine');
  await expect(saidIn(tom).last()).toBeInViewport();
  await log.focus();
  await tom.keyboard.press('Home');
  await expect(saidIn(tom).last()).not.toBeInViewport();
  await say(host.page, 'news');
  await tom.getByTestId('chat-missed').click();
  await expect(saidIn(tom).last()).toBeInViewport();
  await expect(tom.getByTestId('chat-missed')).toHaveCount(0);
});

test('what was said while the chat was out of sight is unread until it is seen', async ({ company: { host, tom } }) => {
  await tom.setViewportSize({ width: 360, height: 740 });
  await tom.evaluate(() => scrollTo({ top: 0, behavior: 'instant' }));
  await say(host.page, 'are you there?');
  await expect(tom.getByTestId('chat-unread')).toHaveText('1 new');
  await tom.getByTestId('chat-log').scrollIntoViewIfNeeded();
  await tom.getByTestId('chat-log').evaluate((log) => log.scrollIntoView({ block: 'center', behavior: 'instant' }));
  await expect(tom.getByTestId('chat-unread')).toHaveText('');
});

test('a reaction rises over everybody\'s artwork, and goes', async ({ company: { host, mira, tom } }) => {
  await play(host.page, SONGS.flac.title);
  await mira.getByRole('button', { name: 'Applause' }).click();
  for (const page of [host.page, mira, tom]) await expect(page.getByTestId('reactions-layer')).toHaveText(EMOJI);
  for (const page of [host.page, mira, tom]) await expect(page.getByTestId('reactions-layer')).toHaveText('');
});

test('reactions wear out before the room refuses them', async ({ company: { mira } }) => {
  const applause = mira.getByRole('button', { name: 'Applause' });
  for (let times = 0; times < 8; times++) await applause.click({ force: true });
  await expect(applause).toHaveAttribute('aria-disabled', 'true');
  await expect(mira.getByTestId('notices')).toHaveText('');
  await expect(applause).toHaveAttribute('aria-disabled', 'false');
});
