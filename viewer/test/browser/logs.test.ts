import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { Viewer } from '../../src/viewer.ts';
import { BOOKING, FAILED_JOB } from '../support/fixtures.ts';
import { postJson, startViewer } from '../support/harness.ts';
import { logRequest, WARN } from '../support/logs.ts';
import { T0 } from '../support/spans.ts';
import { borrowBrowser, expectNoSidewaysScroll, openPage } from './browser.ts';
import { chromiumPath } from './chromium.ts';
import { FAILED, fillHotel, fillLogs, text } from './hotel.ts';

borrowBrowser();

async function withLogs(): Promise<Viewer> {
  const viewer = await startViewer();
  await fillHotel(viewer);
  await fillLogs(viewer);
  return viewer;
}

const send = (viewer: Viewer, message: string) =>
  postJson(viewer, logRequest({ atMs: Date.now() - T0, message, severityNumber: WARN }), {}, '/v1/logs');

const messages = (page: Page): Promise<string[]> => page.locator('.line summary').allInnerTexts();

describe.skipIf(chromiumPath === undefined)('the logs page', () => {
  test('lists lines newest first, filters them, and opens the span of a line', async () => {
    const viewer = await withLogs();
    const { page, complaints } = await openPage(viewer, '/logs');
    expect(await messages(page)).toEqual([
      'the job has failed for good',
      'dispo does not answer, trying again',
      'booking created',
      'listening on port 8080',
    ]);
    await page.selectOption('[name=severity]', 'error');
    await page.click('text=Find');
    await expect.poll(() => messages(page)).toEqual(['the job has failed for good']);
    await page.click('.line summary');
    expect(await text(page.locator('.line .facts'))).toContain('TimeoutError: no answer at call');
    await page.click('.line .place a');
    await page.waitForURL(`**/trace/${FAILED_JOB}?uiFind=${FAILED}#s-${FAILED}`);
    expect(await text(page.locator(`#d-${FAILED}`))).toContain('Log lines (2)');
    expect(complaints).toEqual([]);
  });

  test('shows the first line, and new ones, as they arrive', async () => {
    const viewer = await startViewer();
    const { page, complaints } = await openPage(viewer, '/logs?severity=warn');
    expect(await text(page.locator('main'))).toContain('OTEL_LOGS_EXPORTER=otlp');
    await send(viewer, 'first');
    await expect.poll(() => messages(page)).toEqual(['first']);
    await postJson(viewer, logRequest({ message: 'not a warning' }), {}, '/v1/logs');
    await send(viewer, 'second');
    await expect.poll(() => messages(page)).toEqual(['second', 'first']);
    await page.keyboard.press('p');
    await send(viewer, 'third');
    await expect.poll(() => text(page.locator('#follow'))).toBe('Paused, 1 new');
    await page.click('#follow');
    await expect.poll(() => messages(page)).toEqual(['third', 'second', 'first']);
    expect(complaints).toEqual([]);
  });

  test('fits a phone', async () => {
    const viewer = await withLogs();
    const { page } = await openPage(viewer, '/logs', { width: 360 });
    await expectNoSidewaysScroll(page);
    await page.goto(page.url().replace('/logs', `/trace/${FAILED_JOB}`));
    await expectNoSidewaysScroll(page);
  });

  test('does not keep the viewer from closing', async () => {
    const viewer = await withLogs();
    const { page } = await openPage(viewer, '/logs');
    await expect.poll(() => text(page.locator('#follow'))).toBe('Live');
    await viewer.close();
  });
});

test.skipIf(chromiumPath === undefined)('a trace page shows its log lines, and marks warnings and errors', async () => {
  const viewer = await withLogs();
  const { page, complaints } = await openPage(viewer, `/trace/${FAILED_JOB}`);
  expect(await messages(page)).toEqual(['dispo does not answer, trying again', 'the job has failed for good']);
  expect(await text(page.locator('.head'))).toContain('2 log lines 1 warning 1 error line');
  expect(await page.locator('.bar .alarm').count()).toBe(2);
  await page.click('.logged .place a >> nth=0');
  await page.waitForURL(`**uiFind=${FAILED}*`);
  await page.goto(page.url().replace(/trace.*/, `trace/${BOOKING}`));
  expect(await messages(page)).toEqual(['booking created']);
  expect(await page.locator('.bar .alarm').count()).toBe(0);
  expect(complaints).toEqual([]);
});
