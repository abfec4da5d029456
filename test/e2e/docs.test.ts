import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { httpJson, type TracedSystem } from '@hotel/trace-test';
import { hotel } from 'dev/system';
import { runTrace } from 'dev/test/trace';
import type { BrowserContext, Page } from 'playwright-core';
import { violations } from 'viewer/test/axe';
import { chromiumPath, openContext } from 'viewer/test/chromium';
import { borrowChromium } from 'viewer/test/lent';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, book, insistOnTrace, startHotel, waitUntilPlanned } from './harness/hotel.ts';

/** Responses to valid requests. */
const UNDERSTOOD = /^(200|201|204|404|409|503)/;

const root = fileURLToPath(new URL('../../', import.meta.url));
const readme = readFileSync(`${root}README.md`, 'utf8');
const guide = readFileSync(`${root}docs/tracing.md`, 'utf8');
const [, walk = ''] = /<!-- walk .*-->\n```\n([\s\S]*?)```/.exec(guide) ?? [];
const steps = [...walk.matchAll(/^curl (.*)\n# (\d{3}): (.*)$/gm)].map(([, command = '', status, body = '']) => ({
  command,
  status: Number(status),
  body: JSON.parse(body) as unknown,
}));

let traced: TracedSystem;
let context: BrowserContext;
let page: Page;
beforeAll(async () => {
  traced = await startHotel();
});
borrowChromium(async (browser) => {
  context = await openContext(browser);
  page = await context.newPage();
});
afterAll(async () => {
  await context?.close();
  await traced?.stop();
});

/** The request of a command line in the guide, at the addresses of this run. */
function requestOf(command: string): { url: string; method: string; body?: unknown } {
  const [, port = '', path = ''] = /localhost:(\d+)(\/[^' ]*)/.exec(command) ?? [];
  const url = traced.url(port === '8080' ? 'DISPO_PORT' : 'CLEANING_PORT') + path;
  const [, body] = /-d '(.*)'/.exec(command) ?? [];
  return body === undefined
    ? { url, method: /-X (\w+)/.exec(command)?.[1] ?? 'GET' }
    : { url, method: 'POST', body: JSON.parse(body) };
}

// First, because it names ids.
describe('the walk through the whole stay', () => {
  it('has steps', () => {
    expect(steps.length).toBe(walk.match(/^curl/gm)?.length);
    expect(steps.length).toBeGreaterThan(8);
  });

  it.each(steps)('$command', async ({ command, status, body }) => {
    const { url, method, body: sent } = requestOf(command);
    // A change may take effect a moment later, through the queue; repeating a request is safe.
    await expect
      .poll(async () => httpJson(url, { method, ...(sent === undefined ? {} : { body: sent }) }))
      .toMatchObject({ status, body });
  });
});

describe('the README', () => {
  it('has a curl that makes a booking, and the trace of it', async () => {
    const [, stay = ''] = /curl localhost:8080\/api\/v1\/bookings\/ .* -d '(.*)'/.exec(readme) ?? [];
    const { status, body, traceId = '' } = await ask(traced, 'POST', '/api/v1/bookings/', JSON.parse(stay));
    expect(status).toBe(201);
    await waitUntilPlanned(traced, body.id);

    const [, shown] = /<!-- trace: booking .*-->\n```\n([\s\S]*?)```/.exec(readme) ?? [];
    const { out } = await runTrace([traceId, '--no-times'], { JAEGER_QUERY_URL: traced.url('VIEWER_PORT') });
    expect(out).toBe(shown);
  });

  it('names only files and folders that exist', () => {
    const links = [...readme.matchAll(/\]\((?!http)([^)#]+)\)/g)].map(([, path]) => path ?? '');
    expect(links.length).toBeGreaterThan(2);
    for (const path of links) expect(() => readFileSync(root + path), path).not.toThrow(/ENOENT/);
  });
});

describe.skipIf(chromiumPath === undefined)("a developer's walk through the viewer, on the traces of the hotel", () => {
  const complaints: string[] = [];
  beforeAll(() => void page.on('pageerror', (error) => complaints.push(error.message)));

  it('leads from a search without results to the trace of a booking, one of its spans, and the graph of services', async () => {
    await page.goto(`${traced.url('VIEWER_PORT')}/search?service=dispo&tags=hotel.room.number%3D109`);
    expect(await page.textContent('main')).toContain('No trace matches');

    const { traceId } = await book(traced, { room_id: 9, start: '2027-02-04', end: '2027-02-06' });
    const spans = await insistOnTrace(traced, traceId, hotel.expectedTraces.booking);
    // The page updates without a reload.
    const result = page.locator('.traces li > a', { hasText: 'POST /api/v1/bookings' });
    await result.click();
    await page.waitForURL(new RegExp(`/trace/${traceId}`));
    const rows = page.locator('.waterfall .row[id]:visible');
    expect(await rows.count()).toBe(spans.length);
    expect(await page.textContent('h1')).toContain('POST /api/v1/bookings');

    const consumer = spans.find(({ kind }) => kind === 'CONSUMER');
    await page.goto(`${traced.url('VIEWER_PORT')}/trace/${traceId}?uiFind=${consumer?.spanId}`);
    expect(await page.textContent('main')).toContain('hotel.queue.wait_ms');

    await page.click('text=Services');
    expect(await page.textContent('main')).toContain('cleaning-worker');
    expect(complaints).toEqual([]);
  });
});

describe.skipIf(chromiumPath === undefined)('/docs', () => {
  async function open(service: string, width = 1280): Promise<void> {
    await page.setViewportSize({ width, height: 800 });
    await page.goto(`${traced.url(service)}/docs`);
  }

  /** Submits the form of an operation and returns the status line of the response. */
  async function send(operation: string): Promise<string> {
    const details = page.locator(`#${operation}`);
    if ((await details.getAttribute('open')) === null) await details.locator('> summary').click();
    await details.locator('form button').click();
    return (await details.locator('output h3').textContent()) ?? '';
  }

  it.each([
    ['DISPO_PORT', 12],
    ['CLEANING_PORT', 4],
  ])('sends every operation of %s as its form has it, and links to its trace', async (service, atLeast) => {
    await open(service);
    const operations = await page.locator('.operation').evaluateAll((all) => all.map((one) => one.id));
    expect(operations.length).toBeGreaterThanOrEqual(atLeast);
    for (const operation of operations) {
      expect([operation, await send(operation)]).toEqual([operation, expect.stringMatching(UNDERSTOOD)]);
      const links = page.locator(`#${operation} output a`);
      // Health is never traced.
      expect([operation, await links.count()]).toEqual([operation, operation === 'health' ? 0 : 1]);
    }
  });

  it('links to the trace of the booking that it made', async () => {
    await open('DISPO_PORT');
    await page.locator('#createBooking > summary').click();
    await page.fill('#createBooking textarea', '{"room_id": 2, "start": "2031-05-01", "end": "2031-05-03"}');
    expect(await send('createBooking')).toContain('201');
    const href = await page.locator('#createBooking output a').getAttribute('href');
    expect(href).toContain(`:${new URL(traced.url('VIEWER_PORT')).port}/trace/`);
    await page.goto(href ?? '');
    await page.locator('h1:has-text("POST /api/v1/bookings")').waitFor();
  });

  it.each(['DISPO_PORT', 'CLEANING_PORT'])('has no axe-core violations in either theme: %s', async (service) => {
    await open(service);
    expect(await violations(page)).toEqual([]);
    for (const summary of await page.locator('.operation > summary').all()) await summary.click();
    for (const operation of await page.locator('.operation').all()) {
      await operation.locator('form button').click();
      await operation.locator('output h3').waitFor();
    }
    expect(await violations(page)).toEqual([]);
  });

  it('needs no horizontal scrolling on a phone', async () => {
    await open('DISPO_PORT', 375);
    for (const summary of await page.locator('.operation > summary').all()) await summary.click();
    const fits = 'document.documentElement.scrollWidth <= document.documentElement.clientWidth';
    expect(await page.evaluate(fits)).toBe(true);
  });
});
