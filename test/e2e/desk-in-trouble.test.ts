import { openDesk } from '@hotel/front-desk/test/desk';
import type { Browser, Page, Route } from 'playwright-core';
import { chromiumPath, openContext } from 'viewer/test/chromium';
import { borrowChromium } from 'viewer/test/lent';
import { describe, expect, it, onTestFinished } from 'vitest';

/** The page in Chromium, served without a network. Its updates stay unanswered unless a test answers them. */
let browser: Browser;
borrowChromium((lent) => {
  browser = lent;
});

async function openPage(
  query = '',
  answerUpdates: (route: Route) => Promise<void> | void = () => {},
  options: Parameters<typeof openDesk>[0] = {},
) {
  const { app } = openDesk(options);
  const context = await openContext(browser);
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const updates: string[] = [];
  await page.route('**/*', async (route) => {
    const response = await app.request(route.request().url());
    await route.fulfill({
      status: response.status,
      contentType: response.headers.get('content-type') ?? '',
      body: Buffer.from(await response.arrayBuffer()),
    });
  });
  await page.route('**/front-desk/updates*', (route) => {
    updates.push(route.request().url());
    return answerUpdates(route);
  });
  await page.clock.install();
  await page.goto(`http://hotel.example/${query}`);
  return { page, updates };
}

const cell = (page: Page, day: string) => page.locator(`#grid button.free[data-day="${day}"]`);
const problem = (status: number, detail: string) => ({
  ...{ status, contentType: 'application/problem+json', body: JSON.stringify({ detail }) },
});

describe.skipIf(chromiumPath === undefined)('the page of the front desk', () => {
  it('keeps a dialog open when the response to an earlier one arrives', async () => {
    const { page } = await openPage();
    const first = Promise.withResolvers<Route>();
    await page.route('**/api/v1/bookings', (route) => first.resolve(route));
    await cell(page, '2027-02-08').click();
    await page.click('#book button[value=book]');
    const route = await first.promise;
    await page.keyboard.press('Escape');
    await cell(page, '2027-02-10').click();
    await route.fulfill({ status: 201, json: { id: 7 } });
    await page.locator('.report', { hasText: 'Booked room 101, 8 Feb to 9 Feb (booking 7)' }).waitFor();
    expect(await page.inputValue('#book [name=start]')).toBe('2027-02-10');
    expect(await page.locator('#book button:enabled').count()).toBe(2);
    expect(await page.locator('#book').isVisible()).toBe(true);
  });

  it('ends a selection, which holds the board, when the focus leaves it', async () => {
    const { page } = await openPage();
    await cell(page, '2027-02-08').focus();
    await page.keyboard.press('Shift+ArrowRight');
    expect(await page.locator('#grid [aria-selected]').count()).toBe(2);
    await page.locator('#help').focus();
    expect(await page.locator('#grid [aria-selected]').count()).toBe(0);
  });

  it('asks for a reload when the hotel needs a token that it did not need before', async () => {
    const { page, updates } = await openPage('', (route) => route.fulfill(problem(401, 'send a token')));
    await page.locator('#connection', { hasText: 'the hotel needs a token now; reload the page' }).waitFor();
    expect(updates.length).toBeLessThan(4);
  });

  it('does not accept a token that no header can have', async () => {
    const answer = (route: Route) => route.fulfill(problem(401, 'send a token'));
    const { page, updates } = await openPage('', answer, { needsToken: true });
    const send = async (token: string) => {
      await page.fill('#token input', token);
      await page.click('#token button');
    };
    await page.locator('#token input:focus').waitFor();
    await send('жетон');
    expect([await page.inputValue('#token input'), updates.length]).toEqual(['жетон', 1]);
    await send(' t0ken! ');
    await expect.poll(() => updates.length).toBe(2);
  });

  it('follows no board at an address that selects no days', async () => {
    const { page, updates } = await openPage('?start=soon');
    await page.click('#help');
    await page.locator('#keys').waitFor();
    expect(updates).toEqual([]);
  });

  it('reports a request without a response as failed', async () => {
    const { page } = await openPage();
    const bodies: string[] = [];
    await page.route('**/front-desk/v1/traces', (route) => {
      bodies.push(route.request().postData() ?? '');
      return route.fulfill({ json: {} });
    });
    await page.route('**/api/v1/bookings', (route) => route.abort());
    await page.waitForLoadState('load');
    await cell(page, '2027-02-08').click();
    await page.click('#book button[value=book]');
    const spans = () =>
      bodies.flatMap((body) => JSON.parse(body).resourceSpans[0].scopeSpans).flatMap((of) => of.spans);
    const failed = { name: 'POST', status: { code: 2 } };
    await expect.poll(spans).toContainEqual(expect.objectContaining(failed));
    expect(spans().find(({ name }) => name === 'POST').attributes).toContainEqual({
      ...{ key: 'error.type', value: { stringValue: 'TypeError' } },
    });
  });

  it('connects again when the hotel has been silent for longer than between two signs of life', async () => {
    const { page, updates } = await openPage();
    await expect.poll(() => updates.length).toBe(1);
    await page.clock.fastForward(51_000);
    await page.locator('#connection', { hasText: 'Not connected: the board may be outdated' }).waitFor();
    await page.clock.fastForward(1_000);
    await expect.poll(() => updates.length).toBe(2);
  });
});
