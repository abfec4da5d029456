import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Viewer } from '../../src/viewer.ts';
import { FAILED_JOB, readFixture } from '../support/fixtures.ts';
import { openViewer, postJson } from '../support/harness.ts';
import { request, spanId, traceId } from '../support/spans.ts';
import { borrowBrowser, openPage } from './browser.ts';
import { chromiumPath } from './chromium.ts';
import { FAILED, fillHotel, fillLogs, text } from './hotel.ts';

borrowBrowser();

const ROGUE = `</style><script>document.title = 'owned'</script><a href="/x" onclick="x()">`;

describe.skipIf(chromiumPath === undefined)('files', () => {
  let viewer: Viewer;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'viewer-files-'));
    viewer = await openViewer();
    await fillHotel(viewer);
    await fillLogs(viewer);
    const span = { traceId: traceId(42), spanId: spanId(1), service: ROGUE, name: ROGUE };
    await postJson(viewer, request(span));
  });

  afterAll(() => rm(folder, { recursive: true }));

  /** Saves the export of a trace, and opens it from the disk: without a server, and without the policy that it sends. */
  async function openExport(id: string) {
    const { page } = await openPage(viewer, `/trace/${id}`);
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('.tools >> text="HTML"')]);
    expect(download.suggestedFilename()).toBe(`trace-${id}.html`);
    const file = join(folder, download.suggestedFilename());
    await download.saveAs(file);
    const loaded: string[] = [];
    page.on('request', (request) => loaded.push(request.url()));
    const url = pathToFileURL(file).href;
    await page.goto(url);
    expect(loaded).toEqual([url]);
    return { page, content: await readFile(file, 'utf8') };
  }

  test('a trace is exported as one HTML file with its spans, their details and its log lines', async () => {
    const { page } = await openExport(FAILED_JOB);
    expect(await page.evaluate("getComputedStyle(document.querySelector('.row')).display")).toBe('grid');
    expect(await text(page.locator('h1'))).toContain('process cleaning');
    expect(await page.locator('.row[id]').count()).toBe(await page.locator('.detail').count());
    expect(await text(page.locator(`#d-${FAILED}`))).toContain('Attributes');
    expect(await text(page.locator('.logged'))).toContain('the job has failed for good');
    expect(await page.locator(`a[href="#d-${FAILED}"]`).count()).toBeGreaterThan(0);
    const links = await page.locator('a').evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''));
    expect(links.filter((href) => !/^(#|http:\/\/)/.test(href))).toEqual([]);
  });

  test('an exported file executes nothing that a span contains', async () => {
    const { page, content } = await openExport(traceId(42));
    expect(content).not.toMatch(/<script|onclick="/);
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
