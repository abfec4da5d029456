import type { TracedSystem } from '@hotel/trace-test';
import { hotel } from 'dev/system';
import type { BrowserContext, Page } from 'playwright-core';
import { violations } from 'viewer/test/axe';
import { chromiumPath, openContext } from 'viewer/test/chromium';
import { borrowChromium } from 'viewer/test/lent';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { book, insistOnTrace, startHotel } from './harness/hotel.ts';

/** Responses to valid requests. */
const UNDERSTOOD = /^(200|201|204|404|409|503)/;

let traced: TracedSystem;
let context: BrowserContext;
let page: Page;
borrowChromium(async (browser) => {
  traced = await startHotel();
  context = await openContext(browser);
  page = await context.newPage();
});
afterAll(async () => {
  await context?.close();
  await traced?.stop();
});

describe.skipIf(chromiumPath === undefined)("a developer's walk through the viewer, on the traces of the hotel", () => {
  const complaints: string[] = [];
  beforeAll(() => void page.on('pageerror', (error) => complaints.push(error.message)));

  it('leads from an empty search page to the trace of a booking, one of its spans, and the graph of services', async () => {
    await page.goto(`${traced.url('VIEWER_PORT')}/search`);
    expect(await page.textContent('main')).toContain('No spans yet');

    const { traceId } = await book(traced, { room_id: 1, start: '2027-02-04', end: '2027-02-06' });
    const spans = await insistOnTrace(traced, traceId, hotel.expectedTraces.booking);
    // The page updates without a reload.
    const result = page.locator('.traces li > a', { hasText: 'POST /api/v1/bookings' });
    await result.click();
    await page.waitForURL(new RegExp(`/trace/${traceId}`));
    const rows = page.locator('.waterfall .row[id]:visible');
    expect(await rows.count()).toBe(spans.length);
    expect(await page.textContent('h1')).toContain('POST /api/v1/bookings');

    const consumer = spans.find(({ kind }) => kind === 'CONSUMER');
    await page.goto(`${traced.url('VIEWER_PORT')}/trace/${traceId}?uiFind=${consumer?.spanId}`);
    expect(await page.textContent('main')).toContain('hotel.queue.wait_ms');

    await page.click('text=Services');
    expect(await page.textContent('main')).toContain('cleaning-worker');
    expect(complaints).toEqual([]);
  });
});

describe.skipIf(chromiumPath === undefined)('/docs', () => {
  async function open(service: string, width = 1280): Promise<void> {
    await page.setViewportSize({ width, height: 800 });
    await page.goto(`${traced.url(service)}/docs`);
  }

  /** Submits the form of an operation and returns the status line of the response. */
  async function send(operation: string): Promise<string> {
    const details = page.locator(`#${operation}`);
    if ((await details.getAttribute('open')) === null) await details.locator('> summary').click();
    await details.locator('form button').click();
    return (await details.locator('output h3').textContent()) ?? '';
  }

  it.each([
    ['DISPO_PORT', 12],
    ['CLEANING_PORT', 4],
  ])('sends every operation of %s as its form has it, and links to its trace', async (service, atLeast) => {
    await open(service);
    const operations = await page.locator('.operation').evaluateAll((all) => all.map((one) => one.id));
    expect(operations.length).toBeGreaterThanOrEqual(atLeast);
    for (const operation of operations) {
      expect([operation, await send(operation)]).toEqual([operation, expect.stringMatching(UNDERSTOOD)]);
      const links = page.locator(`#${operation} output a`);
      // Health is never traced.
      expect([operation, await links.count()]).toEqual([operation, operation === 'health' ? 0 : 1]);
    }
  });

  it('links to the trace of the booking that it made', async () => {
    await open('DISPO_PORT');
    await page.locator('#createBooking > summary').click();
    await page.fill('#createBooking textarea', '{"room_id": 2, "start": "2031-05-01", "end": "2031-05-03"}');
    expect(await send('createBooking')).toContain('201');
    const href = await page.locator('#createBooking output a').getAttribute('href');
    expect(href).toContain(`:${new URL(traced.url('VIEWER_PORT')).port}/trace/`);
    await page.goto(href ?? '');
    await page.locator('h1:has-text("POST /api/v1/bookings")').waitFor();
  });

  it.each(['DISPO_PORT', 'CLEANING_PORT'])('has no axe-core violations in either theme: %s', async (service) => {
    await open(service);
    expect(await violations(page)).toEqual([]);
    for (const summary of await page.locator('.operation > summary').all()) await summary.click();
    for (const operation of await page.locator('.operation').all()) {
      await operation.locator('form button').click();
      await operation.locator('output h3').waitFor();
    }
    expect(await violations(page)).toEqual([]);
  });

  it('needs no horizontal scrolling on a phone', async () => {
    await open('DISPO_PORT', 375);
    for (const summary of await page.locator('.operation > summary').all()) await summary.click();
    const fits = 'document.documentElement.scrollWidth <= document.documentElement.clientWidth';
    expect(await page.evaluate(fits)).toBe(true);
  });
});
