import { describe, expect, test } from 'vitest';
import { BOOKING, CHECK_IN, FAILED_JOB } from '../support/fixtures.ts';
import { postJson, query, startViewer } from '../support/harness.ts';
import { request, spanId, T0, traceId } from '../support/spans.ts';
import { borrowBrowser, expectNoSidewaysScroll, openPage } from './browser.ts';
import { chromiumPath } from './chromium.ts';
import { CONSUMER, FAILED, hotel, text } from './hotel.ts';

borrowBrowser();

describe.skipIf(chromiumPath === undefined)('the pages', () => {
  test('the services page draws calls and queues with numbers, in link mode too', async () => {
    const { page, complaints } = await openPage(await hotel(), '/dependencies');
    expect(await page.locator('.graph .node .title').allTextContents()).toEqual(
      expect.arrayContaining([expect.stringContaining('dispo'), expect.stringContaining('cleaning-worker')]),
    );
    expect(await page.locator('.edge.queue').textContent()).toContain('cleaning: 3 jobs');
    expect(await page.locator('.edge.call').textContent()).toContain('2 calls');
    const rows = await page.locator('.numbers').first().locator('tbody tr').allInnerTexts();
    expect(rows.map((row) => row.split(/\s*\t\s*/).slice(0, 5))).toEqual([
      ['cleaning-worker', 'dispo', 'call', '2', '0 %'],
      ['dispo', 'cleaning-worker', 'queue cleaning', '3', '33 % errors'],
    ]);
    await page.click('.graph .node a:has-text("spans") >> nth=0');
    await page.waitForURL('**/search?service=*');
    expect(complaints).toEqual([]);
  });

  test('the services page stays readable with 30 services that all call each other', async () => {
    const viewer = await startViewer();
    const pairs = Array.from({ length: 30 }, (_, a) => Array.from({ length: 30 }, (_, b) => [a, b] as const)).flat();
    await postJson(
      viewer,
      request(
        ...pairs.flatMap(([a, b], n) => {
          const ids = { traceId: traceId(n + 1), startMs: Date.now() - T0 };
          return [
            { ...ids, spanId: spanId(1), service: `service-${a}` },
            { ...ids, spanId: spanId(2), parentSpanId: spanId(1), service: `service-${b}` },
          ];
        }),
      ),
    );
    const { page, complaints } = await openPage(viewer, '/dependencies');
    expect(await page.locator('.edge').count()).toBe(30 * 29);
    expect(await page.locator('.edge .label:visible').count()).toBe(0);
    await page.hover('.node >> nth=3');
    await expect.poll(() => page.locator('.edge .label:visible').count()).toBe(2 * 29);
    await page.click('.node:has-text("service-7") a');
    await page.waitForURL('**/dependencies?focus=service-7');
    expect(await page.locator('.edge').count()).toBe(2 * 29);
    await page.click('text=All services');
    await expect.poll(() => page.locator('.edge').count()).toBe(30 * 29);
    expect(complaints).toEqual([]);
  });

  test('a traceparent pasted into the header opens its trace at its span', async () => {
    const { page } = await openPage(await hotel(), '/search');
    await page.fill('.lookup input', `00-${BOOKING}-${CONSUMER}-01`);
    await page.press('.lookup input', 'Enter');
    await page.waitForURL(`**/trace/${BOOKING}?uiFind=${CONSUMER}`);
    expect(await text(page.locator('.detail'))).toContain('message.received');
  });

  // 640 pixels is the width of a 1,280-pixel window at 200 % zoom.
  test.each([
    ['light', 375],
    ['dark', 640],
  ] as const)('no page scrolls sideways in the %s theme at a width of %d', async (colorScheme, width) => {
    const viewer = await hotel();
    const { page, complaints } = await openPage(viewer, '/search', { colorScheme, width });
    for (const path of [
      '/search',
      `/trace/${BOOKING}`,
      `/trace/${FAILED_JOB}?uiFind=${FAILED}`,
      `/trace/${BOOKING}?view=flame`,
      `/trace/${BOOKING}?view=spans`,
      '/dependencies',
      '/import',
      `/trace/${BOOKING}...${CHECK_IN}`,
    ]) {
      await page.goto(`http://127.0.0.1:${viewer.ports.query}${path}`);
      await expectNoSidewaysScroll(page);
      expect(complaints).toEqual([]);
    }
  });

  test('the pages show everything without scripts', async () => {
    const viewer = await hotel();
    const html = (await query(viewer, `/trace/${FAILED_JOB}?uiFind=${FAILED}`)).text;
    for (const text of ['process cleaning', 'fetch failed', 'Links to (2)', 'critical path'])
      expect(html).toContain(text);
    expect((await query(viewer, '/search')).text).toContain(`/trace/${BOOKING}`);
  });
});
