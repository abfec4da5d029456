import { readFile } from 'node:fs/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Viewer } from '../../src/viewer.ts';
import { BOOKING, CHECK_IN, CHECK_IN_SEND, FAILED_JOB } from '../support/fixtures.ts';
import { postJson, query } from '../support/harness.ts';
import { request, spanId, traceId } from '../support/spans.ts';
import { borrowBrowser, openPage } from './browser.ts';
import { chromiumPath } from './chromium.ts';
import { CONSUMER, FAILED, hotel, rowNames, text } from './hotel.ts';

borrowBrowser();

describe.skipIf(chromiumPath === undefined)('the trace page', () => {
  let viewer: Viewer;
  beforeEach(async () => {
    viewer = await hotel();
  });

  test('shows the tree of the booking, with the wait in the queue and the critical path', async () => {
    const { page, complaints } = await openPage(viewer, `/trace/${BOOKING}`);
    expect(await rowNames(page)).toEqual([
      'dispo POST /api/v1/bookings',
      'dispo SELECT rooms',
      'dispo SELECT bookings',
      'dispo INSERT bookings',
      'dispo INSERT outbox',
      'dispo send cleaning',
      'dispo EVALSHA',
      'cleaning-worker process cleaning',
      'cleaning-worker INSERT processed_events',
      'cleaning-worker INSERT tasks',
      'cleaning-worker PUT',
      'dispo PUT /internal/v1/bookings/:id/cleaning',
      'dispo UPDATE bookings',
    ]);
    const levels = await page
      .locator('.row[id]')
      .evaluateAll((rows) => rows.map((row) => row.getAttribute('aria-level')));
    expect(levels.join(' ')).toBe('1 2 2 2 2 2 3 3 4 4 4 5 6');
    expect(await page.locator('.row line.wait').count()).toBe(1);
    expect(await text(page.locator(`#s-${CONSUMER}`))).toContain('waited 3.60 ms');
    expect(await page.locator('.bar rect.crit').count()).toBeGreaterThan(10);
    expect(complaints).toEqual([]);
  });

  test('folds and unfolds subtrees, by mouse and by keyboard', async () => {
    const { page, complaints } = await openPage(viewer, `/trace/${BOOKING}`);
    await page.click(`#s-${CONSUMER} .fold`);
    expect(await rowNames(page)).toHaveLength(8);
    await page.click(`#s-${CONSUMER} .fold`);
    expect(await rowNames(page)).toHaveLength(13);
    await page.click('#fold');
    expect(await rowNames(page)).toHaveLength(1);
    await page.keyboard.press('Escape');
    await page.locator('.row[id]').first().focus();
    await page.keyboard.press('ArrowRight');
    expect(await rowNames(page)).toHaveLength(6);
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowRight');
    expect(await rowNames(page)).toHaveLength(8);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    expect(await rowNames(page)).toHaveLength(6);
    expect(complaints).toEqual([]);
  });

  test('shows a span with attributes, events and resource, and names it in the URL', async () => {
    const { page, complaints } = await openPage(viewer, `/trace/${BOOKING}`);
    await page.locator('.row[id]').first().focus();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    const detail = page.locator('.detail');
    expect(await text(detail)).toMatch(
      /db\.query\.text *select id, number, name from rooms.*Resource.*host\.name *front-desk/,
    );
    expect(new URL(page.url()).search).toBe('?uiFind=1a2b3c4d5e6f7081');
    await page.keyboard.press('Enter');
    await expect.poll(() => detail.count()).toBe(0);
    await page.reload();
    expect(await text(detail)).toContain('select id, number, name from rooms');
    expect(complaints).toEqual([]);
  });

  test('shows exceptions readably and marks errors', async () => {
    const { page } = await openPage(viewer, `/trace/${FAILED_JOB}?uiFind=${FAILED}`);
    expect(await page.locator('.row.err').count()).toBe(2);
    const detail = page.locator('.detail');
    expect(await text(detail)).toContain('exception TypeError: fetch failed');
    expect(await text(detail.locator('pre'))).toContain('at callBack (file:///hotel/cleaning/src/callback.ts:31:11)');
    await page.click('#next-error');
    expect(await page.evaluate('document.activeElement.id')).toBe(`s-${FAILED}`);
  });

  test('follows links between traces in both directions', async () => {
    const { page, complaints } = await openPage(viewer, `/trace/${FAILED_JOB}?uiFind=${FAILED}`);
    expect(await text(page.locator('.detail'))).toMatch(/Waited *10\.\d s in the queue/);
    await page.click('.detail section:has-text("Links to") a:has-text("dispo send cleaning")');
    await page.waitForURL(`**/trace/${CHECK_IN}?uiFind=${CHECK_IN_SEND}`);
    expect(await text(page.locator(`#s-${CHECK_IN_SEND}`))).toContain('↙1');
    await page.click('.detail section:has-text("Linked from") a');
    await page.waitForURL(`**/trace/${FAILED_JOB}?uiFind=${FAILED}`);
    expect(complaints).toEqual([]);
  });

  test('finds spans by their content, steps through them and unfolds them', async () => {
    const { page, complaints } = await openPage(viewer, `/trace/${BOOKING}`);
    await page.click('#fold');
    await page.locator('.row[id]').first().focus();
    await page.keyboard.press('/');
    await page.keyboard.type('db.collection.name=bookings');
    await expect.poll(() => text(page.locator('#found'))).toBe('3 spans');
    for (let step = 0; step < 3; step++) await page.keyboard.press('Enter');
    expect(await text(page.locator('#found'))).toBe('3 of 3');
    expect(await page.locator('#s-c1d2e3f405162738').isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    expect(await page.evaluate('document.activeElement.id')).toBe('s-c1d2e3f405162738');
    expect(complaints).toEqual([]);
  });

  test('offers its raw JSON as a file', async () => {
    const { page } = await openPage(viewer, `/trace/${BOOKING}`);
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('text=Raw JSON')]);
    expect(download.suggestedFilename()).toBe(`trace-${BOOKING}.json`);
    const saved = JSON.parse(await readFile(await download.path(), 'utf8')) as unknown;
    expect(saved).toEqual((await query(viewer, `/api/v3/traces/${BOOKING}?rawTraces=true`)).body);
  });

  test('compares with another trace of the same operation', async () => {
    const { page, complaints } = await openPage(viewer, `/trace/${BOOKING}`);
    await page.click('text=Compare');
    await page.waitForURL(`**/trace/${BOOKING}...${traceId(7)}`);
    expect(await text(page.locator('main'))).toContain('Both have the same shape.');
    await page.goto(page.url().replace(traceId(7), CHECK_IN));
    expect(await page.locator('.only-a').count()).toBe(13);
    expect(await page.locator('.only-b').count()).toBe(2);
    expect(complaints).toEqual([]);
  });

  test('offers spans that arrive later, and appears when its trace arrives', async () => {
    const { page } = await openPage(viewer, `/trace/${traceId(3)}`);
    expect(await text(page.locator('h1'))).toBe('No such trace');
    await postJson(viewer, request({ traceId: traceId(3), spanId: spanId(1), name: 'late root' }));
    await page.locator('.row[id]').waitFor();
    await postJson(
      viewer,
      request({ traceId: traceId(3), spanId: spanId(2), parentSpanId: spanId(1), name: 'later still' }),
    );
    await page.click('text=One more span has arrived');
    await expect.poll(() => rowNames(page)).toEqual(['dispo late root', 'dispo later still']);
  });
});
