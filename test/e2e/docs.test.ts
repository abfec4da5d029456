import { existsSync } from 'node:fs';
import type { TracedSystem } from '@hotel/trace-test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { violations } from 'viewer/test/axe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHotel } from './hotel.ts';

const executablePath = [process.env.CHROMIUM_PATH, '/usr/bin/chromium'].find((path) => path && existsSync(path));
if (executablePath === undefined) {
  console.warn('\nSKIPPED: the pages of the APIs need Chromium: apt-get install chromium, or set CHROMIUM_PATH.\n');
}
// Nothing may leave the machine, not even a browser's background requests.
const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'];

/** Responses to valid requests. */
const UNDERSTOOD = /^(200|201|204|404|409|503)/;

describe.skipIf(executablePath === undefined)('/docs', () => {
  let traced: TracedSystem;
  let browser: Browser;
  beforeAll(async () => {
    traced = await startHotel();
    browser = await chromium.launch({ executablePath: executablePath ?? '', args });
  });
  afterAll(async () => {
    await browser?.close();
    await traced?.stop();
  });

  async function open(service: string, width = 1280): Promise<Page> {
    const page = await browser.newPage({ viewport: { width, height: 800 } });
    await page.goto(`${traced.url(service)}/docs`);
    return page;
  }

  /** Submits the form of an operation and returns the status line of the response. */
  async function send(page: Page, operation: string): Promise<string> {
    const details = page.locator(`#${operation}`);
    if ((await details.getAttribute('open')) === null) await details.locator('> summary').click();
    await details.locator('form button').click();
    return (await details.locator('output h3').textContent()) ?? '';
  }

  it.each([
    ['DISPO_PORT', 12],
    ['CLEANING_PORT', 4],
  ])('sends every operation of %s as its form has it, and links to its trace', async (service, atLeast) => {
    const page = await open(service);
    const operations = await page.locator('.operation').evaluateAll((all) => all.map((one) => one.id));
    expect(operations.length).toBeGreaterThanOrEqual(atLeast);
    for (const operation of operations) {
      expect([operation, await send(page, operation)]).toEqual([operation, expect.stringMatching(UNDERSTOOD)]);
      const links = page.locator(`#${operation} output a`);
      // Health is never traced.
      expect([operation, await links.count()]).toEqual([operation, operation === 'health' ? 0 : 1]);
    }
    await page.close();
  });

  it('links to the trace of the booking that it made', async () => {
    const page = await open('DISPO_PORT');
    await page.locator('#createBooking > summary').click();
    await page.fill('#createBooking textarea', '{"room_id": 2, "start": "2031-05-01", "end": "2031-05-03"}');
    expect(await send(page, 'createBooking')).toContain('201');
    const href = await page.locator('#createBooking output a').getAttribute('href');
    expect(href).toContain(`:${new URL(traced.url('VIEWER_PORT')).port}/trace/`);
    await page.goto(href ?? '');
    await page.locator('h1:has-text("POST /api/v1/bookings")').waitFor();
    await page.close();
  });

  it.each(['DISPO_PORT', 'CLEANING_PORT'])('has no axe-core violations in either theme: %s', async (service) => {
    const page = await open(service);
    expect(await violations(page)).toEqual([]);
    for (const summary of await page.locator('.operation > summary').all()) await summary.click();
    for (const operation of await page.locator('.operation').all()) {
      await operation.locator('form button').click();
      await operation.locator('output h3').waitFor();
    }
    expect(await violations(page)).toEqual([]);
    await page.close();
  });

  it('needs no horizontal scrolling on a phone', async () => {
    const page = await open('DISPO_PORT', 375);
    for (const summary of await page.locator('.operation > summary').all()) await summary.click();
    const fits = 'document.documentElement.scrollWidth <= document.documentElement.clientWidth';
    expect(await page.evaluate(fits)).toBe(true);
    await page.close();
  });
});
