import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { colourClass } from '../../src/pages/colour.ts';
import type { Viewer } from '../../src/viewer.ts';
import { BOOKING, CHECK_IN, FAILED_JOB } from '../support/fixtures.ts';
import { openViewer, postJson } from '../support/harness.ts';
import { request, spanId, T0, traceId } from '../support/spans.ts';
import { violations } from './axe.ts';
import { borrowBrowser, openPage } from './browser.ts';
import { chromiumPath } from './chromium.ts';
import { FAILED, fillHotel, fillLogs } from './hotel.ts';
import { fillMetrics } from './metrics.ts';

borrowBrowser();

/** One service per colour. */
function services(): string[] {
  const byColour = new Map<string, string>();
  for (let n = 0; byColour.size < 16; n++) byColour.set(colourClass(`service-${n}`), `service-${n}`);
  return [...byColour.values()];
}

const PAGES = [
  ['the search page', '/search'],
  ['a search without results', '/search?service=nobody'],
  ['an invalid search', '/search?minDuration=soon'],
  ['a trace', `/trace/${BOOKING}`],
  ['a trace with every colour of services', `/trace/${traceId(9)}?uiFind=work`],
  ['a trace restricted to a service', `/trace/${BOOKING}?service=dispo`],
  ['a span with an exception', `/trace/${FAILED_JOB}?uiFind=${FAILED}`],
  ['a flame graph', `/trace/${BOOKING}?view=flame`],
  ['a table of spans', `/trace/${traceId(9)}?view=spans`],
  ['a missing trace', `/trace/${traceId(99)}`],
  ['a comparison', `/trace/${BOOKING}...${CHECK_IN}`],
  ['the logs', '/logs'],
  ['a search of logs without results', '/logs?text=nothing'],
  ['the metrics', '/instruments'],
  ['a histogram with exemplars', '/instruments?service=dispo&instrument=http.server.request.duration'],
  ['a metric of several lines', '/instruments?service=dispo&instrument=hotel.bookings'],
  ['the services', '/dependencies'],
  ['a service and its neighbours', '/dependencies?focus=dispo'],
  ['an import page', '/import'],
  ['an unknown page', '/nothing'],
] as const;

describe.skipIf(chromiumPath === undefined)('axe-core finds no violations in both themes', () => {
  let viewer: Viewer;
  let empty: Viewer;
  beforeAll(async () => {
    [viewer, empty] = await Promise.all([openViewer(), openViewer()]);
    await fillHotel(viewer);
    await fillLogs(viewer);
    await fillMetrics(viewer);
    const spans = services().map((service, n) => ({
      traceId: traceId(9),
      spanId: spanId(n + 1),
      ...(n === 0 ? {} : { parentSpanId: spanId(Math.ceil(n / 2)) }),
      service,
      kind: 2,
      startMs: Date.now() - T0 - 5000 + n,
      durationMs: 40 - n,
      ...(n === 7 ? { status: { code: 2, message: 'no room' } } : {}),
    }));
    await postJson(viewer, request(...spans));
  });
  afterAll(async () => {
    await viewer.close();
    await empty.close();
  });

  test.each(PAGES)('on %s', async (_, path) => {
    const { page } = await openPage(viewer, path);
    expect(await violations(page)).toEqual([]);
  });

  test.each(['/search', '/logs', '/instruments'])('on the page %s before anything has arrived', async (path) => {
    const { page } = await openPage(empty, path);
    expect(await violations(page)).toEqual([]);
  });

  test('with the keyboard help and the menu open, and on a phone-sized trace page', async () => {
    const { page } = await openPage(viewer, `/trace/${FAILED_JOB}?uiFind=${FAILED}`, { width: 375 });
    await page.click('.menu summary');
    expect(await violations(page)).toEqual([]);
    await page.click('#help');
    expect(await violations(page)).toEqual([]);
  });
});
