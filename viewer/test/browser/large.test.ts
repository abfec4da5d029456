import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createViewer, type Viewer } from '../../src/viewer.ts';
import { postJson } from '../support/harness.ts';
import { request, spanId, traceId } from '../support/spans.ts';
import { borrowBrowser, openPage } from './browser.ts';
import { chromiumPath } from './chromium.ts';
import { rowNames, text } from './hotel.ts';

borrowBrowser();

const SPANS = 6000;
const LAST = `s-${spanId(SPANS)}`;

describe.skipIf(chromiumPath === undefined)('a trace of 6,000 spans', () => {
  let viewer: Viewer;
  let page: Page;
  let complaints: string[];
  beforeAll(async () => {
    viewer = await createViewer({
      host: '127.0.0.1',
      ports: { query: 0, health: 0, otlpGrpc: 0, otlpHttp: 0 },
      limits: { maxSpans: 10_000, maxBytes: 64 * 1024 * 1024 },
      log: () => {},
    });
    // Each span has three children; every 60th failed, and the eleventh from the end is unique.
    const spans = Array.from({ length: SPANS }, (_, n) => ({
      traceId: traceId(4),
      spanId: spanId(n + 1),
      ...(n === 0 ? {} : { parentSpanId: spanId(Math.floor((n - 1) / 3) + 1) }),
      name: `step ${n}`,
      startMs: n / 10,
      durationMs: 700 - n / 10,
      ...(n % 60 === 59 ? { status: { code: 2 } } : {}),
      ...(n === SPANS - 11 ? { attributes: { 'shop.needle': 'here' } } : {}),
    }));
    await postJson(viewer, request(...spans));
  });
  afterAll(() => viewer.close());
  beforeEach(async () => {
    ({ page, complaints } = await openPage(viewer, `/trace/${traceId(4)}`));
  });

  const focused = (): Promise<unknown> => page.evaluate('document.activeElement.id');
  const drawn = (): Promise<number> => page.locator('.row[id]').count();

  test('renders only the rows near the viewport at any scroll position', async () => {
    expect(await page.locator('.waterfall').getAttribute('aria-rowcount')).toBe(String(SPANS + 1));
    await expect.poll(drawn).toBeLessThan(500);
    await page.locator('.row[id]').first().focus();
    await page.keyboard.press('End');
    await expect
      .poll(() => page.evaluate('document.activeElement.getAttribute("aria-rowindex")'))
      .toBe(String(SPANS + 1));
    await expect.poll(drawn).toBeLessThan(500);
    expect(complaints).toEqual([]);
  });

  test('is searched completely: for the one span with a text, and for all errors', async () => {
    await page.fill('#find', 'shop.needle=here');
    await expect.poll(() => text(page.locator('#found'))).toBe('1 span');
    await page.press('#find', 'Enter');
    await expect.poll(() => page.locator(`#s-${spanId(SPANS - 10)}.hit`).isVisible()).toBe(true);
    await page.fill('#find', 'error');
    await expect.poll(() => text(page.locator('#found'))).toBe('100 spans');
    await page.press('#find', 'Shift+Enter');
    await expect.poll(() => text(page.locator('#found'))).toBe('100 of 100');
    expect(complaints).toEqual([]);
  });

  test('opens at the span named in the URL', async () => {
    await page.goto(`${page.url()}?uiFind=${spanId(SPANS)}`);
    await expect.poll(focused).toBe(LAST);
    const top = (): Promise<number> => page.evaluate(`document.getElementById('${LAST}').getBoundingClientRect().top`);
    await expect.poll(top).toSatisfy((at: number) => at > 0 && at < 800);
    expect(await page.locator(`#${LAST} + .detail`).count()).toBe(1);
    expect(complaints).toEqual([]);
  });

  test('steps from error to error, and folds to the root', async () => {
    await page.click('#next-error');
    await expect.poll(() => page.evaluate('document.activeElement.classList.contains("err")')).toBe(true);
    await page.click('#fold');
    await expect.poll(() => rowNames(page)).toEqual(['dispo step 0']);
    await page.keyboard.press('e');
    await expect.poll(() => page.evaluate('document.activeElement.classList.contains("err")')).toBe(true);
    expect(complaints).toEqual([]);
  });

  test('is paginated without scripts', async () => {
    const html = async (query: string): Promise<string> =>
      (await fetch(`http://127.0.0.1:${viewer.ports.query}/trace/${traceId(4)}${query}`)).text();
    const first = await html('');
    expect(first).toContain('Spans 1 to 200 of 6000');
    const next = /href="(\?from=200)"/.exec(first)?.[1] ?? '';
    expect(await html(next)).toContain('Spans 201 to 400 of 6000');
    expect(await html('?uiFind=shop.needle')).toContain(`id="s-${spanId(SPANS - 10)}"`);
  });

  test('reloads when new spans make its rows outdated', async () => {
    await postJson(viewer, request({ traceId: traceId(4), spanId: spanId(SPANS + 1), parentSpanId: spanId(1) }));
    await page.locator('.row[id]').first().focus();
    await page.keyboard.press('End');
    await expect.poll(() => page.locator('.waterfall').getAttribute('aria-rowcount')).toBe(String(SPANS + 2));
  });
});
