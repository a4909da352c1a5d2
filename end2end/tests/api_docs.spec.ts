// The page that shows the description of the API: from this server alone, under a strict policy, and without a complaint.

import { expect, test } from './room.ts';

test('the page of the API shows every request, loads nothing from elsewhere and keeps its policy', async ({ page, server }) => {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol !== 'data:' && url.origin !== server.url) complaints.push(`loads ${url}`);
  });

  const answer = await page.goto('/api/docs');
  expect(answer?.headers()['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
  await expect(page.getByRole('heading', { name: 'Tutti' })).toBeVisible();
  const described = await (await fetch(`${server.url}/api/openapi.json`)).json();
  const operations = Object.values<object>(described.paths).flatMap((path) => Object.keys(path));
  await expect(page.locator('.opblock')).toHaveCount(operations.length);

  await page.getByRole('button', { name: /Makes a room/i }).first().click();
  await expect(page.getByText('Idempotency-Key').first()).toBeVisible();
  // On plain http Chromium says that it ignores an isolation header.
  expect(complaints.filter((text) => !/Cross-Origin-Opener-Policy/.test(text))).toEqual([]);
});

test('a request can be tried out from the page', async ({ page }) => {
  await page.goto('/api/docs#/server');
  const operation = page.locator('.opblock', { hasText: '/api/server' });
  await operation.locator('.opblock-summary-control').click();
  await operation.getByRole('button', { name: 'Try it out' }).click();
  await operation.getByRole('button', { name: 'Execute' }).click();
  await expect(operation.locator('.live-responses-table')).toContainText('"tutti.v1"');
});
