import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Viewer } from '../../src/viewer.ts';
import { FAILED_JOB, readFixture } from '../support/fixtures.ts';
import { openViewer, postJson } from '../support/harness.ts';
import { request, spanId, traceId } from '../support/spans.ts';
import { openPage } from './browser.ts';
import { chromiumPath } from './chromium.ts';
import { FAILED, fillHotel, fillLogs, text } from './hotel.ts';

const ROGUE = `</style><script>document.title = 'owned'</script><a href="/x" onclick="x()">`;

describe.skipIf(chromiumPath === undefined)('files', () => {
  let viewer: Viewer;
  beforeAll(async () => {
    viewer = await openViewer();
    await fillHotel(viewer);
    await fillLogs(viewer);
    const span = { traceId: traceId(42), spanId: spanId(1), service: ROGUE, name: ROGUE };
    await postJson(viewer, request(span));
  });

  async function exported(id: string) {
    const { page } = await openPage(viewer, `/trace/${id}`);
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('.tools >> text="HTML"')]);
    expect(download.suggestedFilename()).toBe(`trace-${id}.html`);
    return { page, file: await download.path(), content: await readFile(await download.path(), 'utf8') };
  }

  test('a trace is exported as one HTML file with its spans, their details and its log lines', async () => {
    const { page, content } = await exported(FAILED_JOB);
    const loaded: string[] = [];
    page.on('request', ({ url }) => loaded.push(url()));
    await page.setContent(content);
    expect(loaded).toEqual([]);
    expect(await text(page.locator('h1'))).toContain('process cleaning');
    expect(await page.locator('.row[id]').count()).toBe(await page.locator('.detail').count());
    expect(await text(page.locator(`#d-${FAILED}`))).toContain('Attributes');
    expect(await text(page.locator('.logged'))).toContain('the job has failed for good');
    expect(await page.locator(`a[href="#d-${FAILED}"]`).count()).toBeGreaterThan(0);
    const links = await page.locator('a').evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''));
    expect(links.filter((href) => !/^(#|http:\/\/)/.test(href))).toEqual([]);
  });

  test('an exported file executes nothing that a span contains', async () => {
    const { page, content } = await exported(traceId(42));
    expect(content).not.toMatch(/<script|onclick="/);
    await page.setContent(content);
    expect(await page.title()).not.toBe('owned');
    expect(await text(page.locator('h1'))).toContain('</style><script>');
  });

  test('files that are dropped anywhere on a page are imported', async () => {
    const { page, complaints } = await openPage(await openViewer(), '/logs');
    const content = JSON.stringify(JSON.stringify(readFixture('booking.otlp')));
    await page.evaluate(`
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([${content}], 'trace.json'));
      const drop = new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true });
      document.querySelector('main').dispatchEvent(drop);`);
    await page.waitForURL('**/trace/*');
    expect(complaints).toEqual([]);
  });
});
