import { describe, expect, test } from 'vitest';
import { BOOKING, CHECK_IN, moved, readFixture } from '../support/fixtures.ts';
import { postJson, startViewer } from '../support/harness.ts';
import { traceId } from '../support/spans.ts';
import { borrowBrowser, openPage } from './browser.ts';
import { chromiumPath } from './chromium.ts';
import { hotel, results, text } from './hotel.ts';

borrowBrowser();

describe.skipIf(chromiumPath === undefined)('the search page', () => {
  test('lists the newest first, with services, spans, errors and duration', async () => {
    const { page, complaints } = await openPage(await hotel(), '/search');
    expect(await results(page)).toEqual([
      'cleaning-worker process cleaning',
      'dispo POST /api/v1/bookings/:id/check-in',
      'dispo POST /api/v1/bookings',
      'dispo POST /api/v1/bookings',
    ]);
    expect(await text(page.locator('.traces li').first())).toMatch(/21\.5 ms.*3 spans.*2 errors.*cleaning-worker 3/);
    expect(await page.locator('.scatter circle').count()).toBe(4);
    expect(complaints).toEqual([]);
  });

  test('filters by service, tags, duration and errors, and keeps the input', async () => {
    const { page, complaints } = await openPage(await hotel(), '/search');
    await page.selectOption('[name=service]', 'dispo');
    await page.fill('[name=tags]', 'hotel.room.number=101 http.response.status_code=201');
    await page.click('text=Find');
    await expect.poll(() => results(page)).toHaveLength(2);
    expect(await page.inputValue('[name=tags]')).toBe('hotel.room.number=101 http.response.status_code=201');
    await page.fill('[name=minDuration]', '20ms');
    await page.press('[name=minDuration]', 'Enter');
    await expect.poll(() => results(page)).toHaveLength(1);
    await page.goto(page.url().replace(/\?.*/, '?errors=1'));
    expect(await results(page)).toEqual(['cleaning-worker process cleaning']);
    expect(complaints).toEqual([]);
  });

  test('filters by service with its chip', async () => {
    const { page } = await openPage(await hotel(), '/search?lookback=2h');
    await page.click('.traces li:first-child .chip');
    await page.waitForURL('**service=cleaning-worker*');
    expect(new URL(page.url()).searchParams.get('lookback')).toBe('2h');
    await expect.poll(() => results(page)).toHaveLength(3);
  });

  test('explains what is wrong with a duration', async () => {
    const { page } = await openPage(await hotel(), '/search?minDuration=soon');
    expect(await text(page.locator('[role=alert]'))).toContain('Shortest is "soon": write a duration such as 1.5s');
    expect(await page.inputValue('[name=minDuration]')).toBe('soon');
  });

  test('shows new traces automatically, and explains how to send the first one', async () => {
    const viewer = await startViewer();
    const { page, complaints } = await openPage(viewer, '/search');
    const body = await text(page.locator('main'));
    expect(body).toContain('No spans yet');
    expect(body).toContain(`OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:${viewer.ports.otlpGrpc}`);
    await postJson(viewer, moved(readFixture('booking.otlp'), { to: new Date() }));
    await expect.poll(() => results(page)).toHaveLength(1);
    await page.locator('.traces li > a').focus();
    await postJson(viewer, moved(readFixture('booking.otlp'), { to: new Date(), id: traceId(5) }));
    await expect.poll(() => results(page)).toHaveLength(2);
    expect(await page.locator('.traces li > a:focus').getAttribute('href')).toBe(`/trace/${BOOKING}`);
    expect(complaints).toEqual([]);
  });

  test('can be paused and resumed, and shows how many traces have arrived meanwhile', async () => {
    const viewer = await hotel();
    const { page, complaints } = await openPage(viewer, '/search');
    await page.keyboard.press('p');
    for (const n of [11, 12]) {
      await postJson(viewer, moved(readFixture('booking.otlp'), { to: new Date(), id: traceId(n) }));
    }
    await expect.poll(() => text(page.locator('#live'))).toBe('Paused, 2 new');
    expect(await results(page)).toHaveLength(4);
    await page.click('#live');
    await expect.poll(() => results(page)).toHaveLength(6);
    expect(await page.getAttribute('#live', 'aria-pressed')).toBe('true');
    expect(complaints).toEqual([]);
  });

  test('imports a trace from a file', async () => {
    const viewer = await startViewer();
    const { page, complaints } = await openPage(viewer, '/search');
    const buffer = Buffer.from(JSON.stringify({ result: readFixture('booking.otlp') }));
    await page.setInputFiles('.message input[type=file]', { name: 'trace.json', mimeType: 'application/json', buffer });
    await page.click('.message button');
    await page.waitForURL(`**/trace/${BOOKING}`);
    expect(complaints).toEqual([]);
  });

  test('keeps the window of a link until another lookback is chosen', async () => {
    const viewer = await hotel();
    const [start, end] = [Date.now() - 45_000, Date.now() - 15_000].map((ms) => ms * 1000);
    const { page } = await openPage(viewer, `/search?service=dispo&lookback=1h&start=${start}&end=${end}`);
    expect(await results(page)).toHaveLength(2);
    await page.click('text=Find');
    await page.waitForURL('**customStart=*');
    expect(await results(page)).toHaveLength(2);
    await page.selectOption('[name=lookback]', '2h');
    await page.click('text=Find');
    await expect.poll(() => results(page)).toHaveLength(3);
  });

  test('is navigable by keyboard', async () => {
    const { page } = await openPage(await hotel(), '/search');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/trace/${CHECK_IN}`);
  });

  test('offers the operations of the selected service', async () => {
    const { page } = await openPage(await hotel(), '/search');
    await page.selectOption('[name=service]', 'cleaning-worker');
    await expect
      .poll(() =>
        page
          .locator('#operations option')
          .evaluateAll((options) => options.map((option) => option.getAttribute('value'))),
      )
      .toEqual(['INSERT processed_events', 'INSERT tasks', 'PUT', 'process cleaning', 'unset kind']);
  });
});
