import { describe, expect, test } from 'vitest';
import { chromiumPath } from '../chromium.ts';
import { BOOKING, CHECK_IN, FAILED_JOB } from '../fixtures.ts';
import { query } from '../harness.ts';
import { expectNoSidewaysScroll, openPage } from './browser.ts';
import { CONSUMER, FAILED, hotel, text } from './hotel.ts';

describe.skipIf(chromiumPath === undefined)('the pages', () => {
  test('the services page draws calls and queues, in link mode too, with numbers', async () => {
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
    await page.click('.graph .node:has-text("dispo")');
    await page.waitForURL('**/search?service=dispo');
    expect(complaints).toEqual([]);
  });

  test('a traceparent in the header opens its trace at its span', async () => {
    const { page } = await openPage(await hotel(), '/search');
    await page.fill('.lookup input', `00-${BOOKING}-${CONSUMER}-01`);
    await page.press('.lookup input', 'Enter');
    await page.waitForURL(`**/trace/${BOOKING}?uiFind=${CONSUMER}`);
    expect(await text(page.locator('.detail'))).toContain('message.received');
  });

  test.each(['light', 'dark'] as const)('nothing scrolls sideways at phone width (%s)', async (colorScheme) => {
    const viewer = await hotel();
    for (const path of [
      '/search',
      `/trace/${BOOKING}`,
      `/trace/${FAILED_JOB}?uiFind=${FAILED}`,
      '/dependencies',
      `/trace/${BOOKING}...${CHECK_IN}`,
    ]) {
      const { page, complaints } = await openPage(viewer, path, { colorScheme, width: 390 });
      await expectNoSidewaysScroll(page);
      expect(complaints).toEqual([]);
    }
  });

  test('without scripts the pages still tell everything', async () => {
    const viewer = await hotel();
    const html = (await query(viewer, `/trace/${FAILED_JOB}?uiFind=${FAILED}`)).text;
    for (const text of ['process cleaning', 'fetch failed', 'Links to (2)', 'critical path'])
      expect(html).toContain(text);
    expect((await query(viewer, '/search')).text).toContain(`/trace/${BOOKING}`);
  });
});
