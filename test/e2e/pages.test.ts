import { existsSync } from 'node:fs';
import type { TracedSystem } from '@hotel/trace-test';
import { hotel } from 'dev/system';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { book, insistOnTrace, startHotel } from './hotel.ts';

const executablePath = [process.env.CHROMIUM_PATH, '/usr/bin/chromium'].find((path) => path && existsSync(path));
if (executablePath === undefined) {
  console.warn(
    '\nSKIPPED: the walk through the pages needs Chromium: apt-get install chromium, or set CHROMIUM_PATH.\n',
  );
}
// Nothing may leave the machine, not even a browser's background requests.
const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'];

describe.skipIf(executablePath === undefined)(
  "a developer's walk through the viewer, on the traces of the hotel",
  () => {
    let traced: TracedSystem;
    let browser: Browser;
    let page: Page;
    const complaints: string[] = [];
    beforeAll(async () => {
      traced = await startHotel();
      browser = await chromium.launch({ executablePath: executablePath ?? '', args });
      page = await browser.newPage();
      page.on('pageerror', (error) => complaints.push(error.message));
    });
    afterAll(async () => {
      await browser?.close();
      await traced?.stop();
    });

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
  },
);
