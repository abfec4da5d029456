import { describe, expect, test } from 'vitest';
import type { Viewer } from '../../src/viewer.ts';
import { BOOKING } from '../support/fixtures.ts';
import { postJson, startViewer } from '../support/harness.ts';
import { gauge, metricRequest } from '../support/metrics.ts';
import { T0 } from '../support/spans.ts';
import { borrowBrowser, expectNoSidewaysScroll, openPage } from './browser.ts';
import { chromiumPath } from './chromium.ts';
import { fillHotel, SERVER, text } from './hotel.ts';
import { fillMetrics } from './metrics.ts';

borrowBrowser();

async function withMetrics(): Promise<Viewer> {
  const viewer = await startViewer();
  await fillHotel(viewer);
  await fillMetrics(viewer);
  return viewer;
}

describe.skipIf(chromiumPath === undefined)('the metrics page', () => {
  test('lists the instruments by service, and opens the trace of an exemplar', async () => {
    const viewer = await withMetrics();
    const { page, complaints } = await openPage(viewer, '/instruments');
    expect(await page.locator('.cards h3').allInnerTexts()).toEqual([
      'hotel.queue.wait',
      'hotel.bookings',
      'http.server.request.duration',
      'nodejs.eventloop.utilization',
    ]);
    await page.fill('[name=name]', 'request');
    await page.click('text=Show');
    await expect.poll(() => page.locator('.cards li').count()).toBe(1);
    expect(await text(page.locator('.now'))).toMatch(/^\d.*ms median, .*ms p95$/);
    await page.click('.cards h3');
    await page.waitForURL('**instrument=*');
    expect(await page.locator('.heat rect').count()).toBeGreaterThan(50);
    expect(await text(page.locator('table').last())).toContain(BOOKING.slice(0, 7));
    await page.click('.heat circle');
    await page.waitForURL(`**/trace/${BOOKING}?uiFind=${SERVER}*`);
    expect(complaints).toEqual([]);
  });

  test('draws a line per set of attributes, with its value', async () => {
    const viewer = await withMetrics();
    const { page, complaints } = await openPage(viewer, '/instruments?service=dispo&instrument=hotel.bookings');
    expect(await page.locator('.chart path').count()).toBe(2);
    expect(await page.locator('tbody th').allInnerTexts()).toEqual([
      'http.route=GET /api/v1/rooms',
      'http.route=POST /api/v1/bookings',
    ]);
    expect(await page.locator('tbody td').allInnerTexts()).toEqual(['3.67', '2.33']);
    expect(complaints).toEqual([]);
  });

  test('explains how to send metrics, and shows the first ones without a reload', async () => {
    const viewer = await startViewer();
    const { page, complaints } = await openPage(viewer, '/instruments');
    expect(await text(page.locator('main'))).toContain('OTEL_METRICS_EXPORTER=otlp');
    const body = metricRequest([gauge('memory', { at: (Date.now() - T0) / 1000, value: 7 })]);
    await postJson(viewer, body, {}, '/v1/metrics');
    await expect.poll(() => page.locator('.cards h3').allInnerTexts()).toEqual(['memory']);
    expect(complaints).toEqual([]);
  });

  test('fits a phone', async () => {
    const viewer = await withMetrics();
    const { page } = await openPage(viewer, '/instruments', { width: 360 });
    await expectNoSidewaysScroll(page);
    for (const name of ['http.server.request.duration', 'hotel.bookings']) {
      await page.goto(page.url().replace(/instruments.*/, `instruments?service=dispo&instrument=${name}`));
      await expectNoSidewaysScroll(page);
    }
  });
});
