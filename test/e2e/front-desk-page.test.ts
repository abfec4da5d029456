import type { TracedSystem } from '@hotel/trace-test';
import { violations } from 'viewer/test/axe';
import { chromiumPath } from 'viewer/test/chromium';
import { borrowChromium } from 'viewer/test/lent';
import { afterAll, describe, expect, it } from 'vitest';
import { type FrontDesk, openFrontDesk } from './harness/front-desk.ts';
import { ask, book, startHotel } from './harness/hotel.ts';
import { dayFromNow, stayOf } from './harness/stays.ts';

const TOKEN = 't0ken-5f1d7a84db00d2fc';

let traced: TracedSystem;
let desk: FrontDesk;
borrowChromium(async (browser) => {
  traced = await startHotel();
  desk = await openFrontDesk(browser, traced);
});
afterAll(async () => {
  await desk?.[Symbol.asyncDispose]();
  await traced?.stop();
});

describe.skipIf(chromiumPath === undefined)('the telemetry of the front desk', () => {
  it("continues the trace of the page's request with the load of the document", async () => {
    await desk.open();
    const traceparent = await desk.page.locator('meta[name=traceparent]').getAttribute('content');
    const [, traceId = '', spanId] = traceparent?.split('-') ?? [];
    const ofTrace = () => traced.sink.spans().filter((span) => span.traceId === traceId);
    await expect.poll(() => ofTrace().map(({ name }) => name)).toContain('documentLoad');
    const [load] = ofTrace().filter(({ name }) => name === 'documentLoad');
    expect(load).toMatchObject({ service: 'front-desk', parentSpanId: spanId });
    expect(load?.attributes['url.full']).toBe(`${traced.url('DISPO_PORT')}/`);
  });

  it('reports web vitals as log events when the page is hidden', async () => {
    await desk.page.mouse.click(1, 1);
    await desk.page.goto('about:blank');
    const vitals = () => traced.sink.logs().filter(({ eventName }) => eventName === 'browser.web_vital');
    await expect.poll(() => vitals().map(({ attributes }) => attributes['browser.web_vital.name'])).toContain('ttfb');
    expect(vitals()[0]).toMatchObject({ service: 'front-desk', severityText: 'info' });
  });

  it('makes no traces of its own streams, files and reports', async () => {
    const paths = new Set(traced.sink.spans().map(({ attributes }) => attributes['url.path']));
    expect([...paths].filter((path) => /front-desk\/(?!tasks)/.test(String(path)))).toEqual([]);
    const named = (name: string) => traced.sink.spans().filter((span) => span.name === name).length;
    expect(named('GET /internal/v1/overview')).toBeLessThanOrEqual(named('GET /'));
    const urls = traced.sink.spans().filter(({ service, kind }) => service === 'front-desk' && kind === 'CLIENT');
    expect(urls.filter(({ attributes }) => /updates|v1\/(traces|logs)/.test(String(attributes['url.full'])))).toEqual(
      [],
    );
  });

  it.each([
    ['its script', '**/telemetry.js'],
    ['its reports', '**/front-desk/v1/*'],
  ])('may be blocked: without %s, the page works', async (_, pattern) => {
    await desk.page.route(pattern, (route) => route.abort());
    await desk.open();
    await desk.cell('102', dayFromNow(11)).click();
    await desk.page.click('#book button[value=book]');
    const { text } = await desk.report('Booked room 102');
    await desk.booking(Number(/booking (\d+)/.exec(text)?.[1])).waitFor();
    await ask(traced, 'DELETE', `/api/v1/bookings/${/booking (\d+)/.exec(text)?.[1]}`);
    await desk.cell('102', dayFromNow(11)).waitFor();
    await desk.page.unroute(pattern);
  });

  it.each([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['another site, in an old browser', { origin: 'https://evil.example' }],
    ['no browser', {}],
  ])('is accepted from the page only, not from %s', async (_, headers) => {
    const url = `${traced.url('DISPO_PORT')}/front-desk/v1/traces`;
    const request = { method: 'POST', body: '{"resourceSpans":[]}' };
    const response = await fetch(url, { ...request, headers: { 'content-type': 'application/json', ...headers } });
    expect(response.status).toBe(403);
  });
});

describe.skipIf(chromiumPath === undefined)('the front desk', () => {
  it.each([1280, 375])(
    'has no axe-core violations in either theme, and no sideways scroll, %i pixels wide',
    async (width) => {
      await desk.open('', { width });
      expect(await violations(desk.page)).toEqual([]);
      const fits = 'document.documentElement.scrollWidth <= document.documentElement.clientWidth';
      expect(await desk.page.evaluate(fits)).toBe(true);
      await desk.cell('102', dayFromNow(1)).click();
      expect(await desk.page.locator('#book').isVisible()).toBe(true);
      await desk.page.keyboard.press('Escape');
    },
  );

  it('shows what people have chosen as text, and runs none of it', async () => {
    const evil = `<img src=x onerror="alert('name')"><script>alert('name')</script>"'`;
    await ask(traced, 'POST', '/api/v1/rooms', { number: '666', name: evil });
    await desk.open();
    await desk.page.locator('th small', { hasText: "alert('name')" }).waitFor();
    expect(await desk.page.locator('#board img, #board script').count()).toBe(0);
    for (const query of [
      `?start=${encodeURIComponent(evil)}`,
      `?${encodeURIComponent(evil)}=1`,
      `?days=${encodeURIComponent(evil)}`,
    ]) {
      await desk.open(query);
      expect(await desk.page.textContent('main')).toContain('This address selects no days');
    }
    // A response with markup in it, such as a room that others name, is text, too.
    await desk.open();
    await desk.page.route('**/api/v1/bookings', (route) =>
      route.fulfill({ status: 409, contentType: 'application/problem+json', body: JSON.stringify({ detail: evil }) }),
    );
    await desk.cell('102', dayFromNow(1)).click();
    await desk.page.click('#book button[value=book]');
    await desk.page.locator('#book .problem', { hasText: '<img' }).waitFor();
    expect(await desk.page.locator('#book img, #reports img').count()).toBe(0);
    await desk.page.unroute('**/api/v1/bookings');
    await desk.page.keyboard.press('Escape');
  });

  it('works while cleaning is away, reports it, and recovers', async () => {
    await desk.open();
    await traced.system.processes.get('cleaning')?.stop();
    await desk.page.locator('text=Cleaning does not answer').waitFor();
    await desk.cell('102', dayFromNow(7)).click();
    await desk.page.click('#book button[value=book]');
    await desk.report('Booked room 102');
    await traced.system.restart('cleaning');
    await desk.page.locator('tr[data-number="102"] .state.clean').waitFor();
  });

  it('reports that it is not connected while dispo restarts, then follows again', async () => {
    await traced.system.processes.get('dispo')?.stop();
    await desk.page.locator('#connection', { hasText: 'Not connected' }).waitFor();
    await traced.system.restart('dispo');
    await desk.page.locator('#connection').waitFor({ state: 'hidden' });
    const { booking } = await book(traced, stayOf(2, 9, 10));
    await desk.booking(booking.id).waitFor();
  });

  it("is not believed where public callers' traces are replaced: its traces are linked to", async () => {
    await traced.system.restart('dispo', { HOTEL_TRACE_EDGE: 'restart' });
    await desk.open();
    await desk.cell('102', dayFromNow(6)).click();
    await desk.page.click('#book button[value=book]');
    const { traceId } = await desk.report('Booked room 102');
    const server = () => traced.sink.spans().find((span) => span.traceId === traceId && span.kind === 'SERVER');
    await expect.poll(() => server()?.name).toBe('POST /api/v1/bookings');
    const linked = server()?.links[0]?.traceId;
    expect(linked).not.toBe(traceId);
    const ofClick = () => traced.sink.spans().filter((span) => span.traceId === linked);
    await expect.poll(() => ofClick().map(({ name }) => name)).toEqual(expect.arrayContaining(['book', 'POST']));
    expect(new Set(ofClick().map(({ service }) => service))).toEqual(new Set(['front-desk']));
  });

  it('asks for a token where the API needs one, and has no data before', async () => {
    await traced.system.restart('dispo', { HOTEL_API_TOKENS: TOKEN });
    await desk.open();
    await desk.page.locator('#token').waitFor();
    expect(await desk.page.content()).not.toMatch(/data-booking|t0ken/);
    await desk.page.fill('#token input', 'wrong');
    await desk.page.click('#token button');
    await desk.page.locator('#connection', { hasText: 'does not accept this token' }).waitFor();
    await desk.page.fill('#token input', TOKEN);
    await desk.page.click('#token button');
    await desk.cell('102', dayFromNow(4)).click();
    await desk.page.click('#book button[value=book]');
    await desk.report('Booked room 102');
    expect(await desk.page.content()).not.toContain(TOKEN);
    const stored = 'JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }])';
    expect(await desk.page.evaluate(stored)).not.toContain(TOKEN);
  });

  it('has caused no errors and no dialogs', () => {
    expect(desk.complaints).toEqual([]);
  });
});
