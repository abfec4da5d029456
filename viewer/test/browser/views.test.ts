import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Viewer } from '../../src/viewer.ts';
import { BOOKING } from '../support/fixtures.ts';
import { postJson, query } from '../support/harness.ts';
import { request, spanId, traceId } from '../support/spans.ts';
import { borrowBrowser, openPage } from './browser.ts';
import { chromiumPath } from './chromium.ts';
import { CONSUMER, hotel, rowNames, text } from './hotel.ts';

borrowBrowser();

describe.skipIf(chromiumPath === undefined)('the views of a trace', () => {
  let viewer: Viewer;
  beforeEach(async () => {
    viewer = await hotel();
  });

  const zoomOf = (page: Page): string | null => new URL(page.url()).searchParams.get('zoom');
  const ticks = (page: Page): Promise<string[]> => page.locator('.ruler text').allTextContents();
  async function drag(page: Page, selector: string, from: number, to: number): Promise<void> {
    const box = await page.locator(selector).boundingBox();
    if (box === null) throw new Error(`${selector} is not drawn`);
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width * from, y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * to, y, { steps: 4 });
    await page.mouse.up();
  }

  test('zoom into a range dragged over the overview, further by the time scale, and back', async () => {
    const { page, complaints } = await openPage(viewer, `/trace/${BOOKING}`);
    await drag(page, '#minimap', 0.25, 0.75);
    await expect.poll(() => ticks(page)).toEqual(['7.75 ms', '11.6 ms', '15.5 ms', '19.4 ms', '23.3 ms']);
    // Bars outside the range are labelled at the edge.
    expect(await text(page.locator('.row[id] .bar text').nth(1))).toBe('‹ 380 µs');
    const first = zoomOf(page);
    await drag(page, '.ticks', 0.5, 0.1);
    await expect.poll(() => zoomOf(page)).not.toBe(first);
    await page.reload();
    expect((await ticks(page))[0]).toBe('9.30 ms');
    await page.keyboard.press('0');
    await expect.poll(() => ticks(page)).toEqual(['0', '7.75 ms', '15.5 ms', '23.3 ms', '31.0 ms']);
    expect(zoomOf(page)).toBeNull();
    expect(complaints).toEqual([]);
  });

  test('zoom by keys: to a span, out, and along the time axis', async () => {
    const { page, complaints } = await openPage(viewer, `/trace/${BOOKING}`);
    await page.locator(`#s-${CONSUMER}`).focus();
    await page.keyboard.press('z');
    await expect.poll(() => zoomOf(page)).not.toBeNull();
    await page.keyboard.press('[');
    await page.keyboard.press('-');
    await page.keyboard.press('-');
    await expect.poll(() => zoomOf(page)).toBeNull();
    await page.keyboard.press('+');
    await expect.poll(() => ticks(page)).toEqual(['7.75 ms', '11.6 ms', '15.5 ms', '19.4 ms', '23.3 ms']);
    expect(complaints).toEqual([]);
  });

  test('restrict the rows to a service by its chip, with the ancestors of its spans', async () => {
    const { page, complaints } = await openPage(viewer, `/trace/${BOOKING}`);
    await page.click('.chips .chip:has-text("cleaning-worker")');
    await expect.poll(() => rowNames(page)).toHaveLength(6);
    expect(await page.locator('.row.context').count()).toBe(2);
    expect(await rowNames(page)).not.toContain('dispo SELECT rooms');
    await page.fill('#find', 'insert');
    await expect.poll(() => text(page.locator('#found'))).toBe('2 spans');
    await page.click('.chips .chip:has-text("cleaning-worker")');
    await expect.poll(() => rowNames(page)).toHaveLength(13);
    expect(complaints).toEqual([]);
  });

  test('widen the name column by its handle and by keys, and keep the width', async () => {
    const { page, complaints } = await openPage(viewer, `/trace/${BOOKING}`);
    const width = async (): Promise<number> => (await page.locator('.ruler .name').boundingBox())?.width ?? 0;
    const before = await width();
    await page.locator('#width').focus();
    for (let press = 0; press < 5; press++) await page.keyboard.press('ArrowRight');
    expect(await page.getAttribute('#width', 'aria-valuenow')).toBe('44');
    expect(await width()).toBeGreaterThan(before);
    await page.reload();
    expect(await page.getAttribute('#width', 'aria-valuenow')).toBe('44');
    await page.evaluate('localStorage.clear()');
    expect(complaints).toEqual([]);
  });

  test('leave space for the names of spans 40 levels deep', async () => {
    await postJson(
      viewer,
      request(
        ...Array.from({ length: 40 }, (_, n) => ({
          traceId: traceId(9),
          spanId: spanId(n + 1),
          ...(n === 0 ? {} : { parentSpanId: spanId(n) }),
          name: `GET /level/${n}`,
          service: 'a-service-with-a-long-name',
        })),
      ),
    );
    const { page } = await openPage(viewer, `/trace/${traceId(9)}`);
    const cut = await page
      .locator('.row[id] .what')
      .evaluateAll((names) => names.filter((name) => name.scrollWidth > name.clientWidth).length);
    expect(cut).toBe(0);
    expect(await text(page.locator('.row[id]').last().locator('.depth'))).toBe('40');
  });

  test('show the flame graph, enlarge a frame and go back', async () => {
    const { page, complaints } = await openPage(viewer, `/trace/${BOOKING}?view=flame`);
    const frames = page.locator('.flame a');
    expect(await frames.first().locator('title').textContent()).toMatch(
      /^dispo POST \/api\/v1\/bookings: .* 100\.0 %, self .*, 1 span$/,
    );
    const all = await frames.count();
    await page.click('.flame a:has-text("process cleaning")');
    await expect.poll(() => frames.count()).toBeLessThan(all);
    await page.locator('.flame a').first().click();
    await expect.poll(() => frames.count()).toBe(all);
    expect(complaints).toEqual([]);
  });

  test('list spans and services by self time', async () => {
    const { page, complaints } = await openPage(viewer, `/trace/${BOOKING}?view=spans`);
    const column = (table: string, n: number): Promise<string[]> =>
      page.locator(`.${table} tbody tr td:nth-child(${n})`).allInnerTexts();
    expect(await column('services', 1)).toEqual(['dispo', 'cleaning-worker']);
    expect((await column('spans', 2))[0]).toBe('POST /api/v1/bookings');
    await page.click('.spans th >> text=Duration');
    await expect.poll(async () => (await column('spans', 5))[0]).toBe('16.8 ms');
    await page.click('.spans tbody a >> nth=0');
    await page.waitForURL(`**/trace/${BOOKING}?uiFind=${CONSUMER}`);
    expect(complaints).toEqual([]);
  });

  test('explain the keys', async () => {
    const { page, complaints } = await openPage(viewer, `/trace/${BOOKING}`);
    await page.keyboard.press('?');
    expect(await text(page.locator('dialog[open]'))).toContain('next span with an error');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('dialog[open]').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test('copy the trace id, a traceparent and a curl that fetches the trace', async () => {
    const { page, complaints } = await openPage(viewer, `/trace/${BOOKING}`);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const copied = async (label: string): Promise<unknown> => {
      await page.click(`[aria-label="Copy ${label}"]`);
      await page.locator('button:has-text("Copied")').first().waitFor();
      return page.evaluate('navigator.clipboard.readText()');
    };
    await page.click('.menu summary');
    expect(await copied('trace id')).toBe(BOOKING);
    expect(await copied('traceparent')).toMatch(new RegExp(`^00-${BOOKING}-[0-9a-f]{16}-01$`));
    const curl = String(await copied('curl, its JSON'));
    const [, path = ''] = /^curl 'http:\/\/127\.0\.0\.1:\d+(\/[^']+)'$/.exec(curl) ?? [];
    expect((await query(viewer, path)).status).toBe(200);
    expect(complaints).toEqual([]);
  });
});
