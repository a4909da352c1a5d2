// Looking at a page without touching it: whatever Playwright evaluates in a page, for an expectation or a trace, counts
// as a touch there, and then it may play. The debugger can do without.

import type { Page } from '@playwright/test';

/** Reads an expression in the page without giving it the rights of a user's gesture. */
export async function looker(page: Page): Promise<(expression: string) => Promise<unknown>> {
  const session = await page.context().newCDPSession(page);
  return async (expression) => {
    const { result } = await session.send('Runtime.evaluate', { expression, returnByValue: true, userGesture: false });
    return result.value;
  };
}

/** The middle of the element with a test id, where it is shown. */
export const MIDDLE = (testId: string) => `(() => {
  const element = document.querySelector('[data-testid="${testId}"]');
  if (!element?.checkVisibility()) return null;
  const { left, top, width, height } = element.getBoundingClientRect();
  return { x: left + width / 2, y: top + height / 2 };
})()`;
