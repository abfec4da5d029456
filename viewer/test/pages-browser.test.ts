import { readFile } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Viewer } from '../src/viewer.ts';
import { chromiumPath, expectNoSidewaysScroll, openPage } from './browser.ts';
import { BOOKING, CHECK_IN, CHECK_IN_SEND, FAILED_JOB, moved, readFixture } from './fixtures.ts';
import { postJson, query, startViewer } from './harness.ts';
import { request, spanId, T0, traceId } from './spans.ts';

const CONSUMER = '7d3efb1b173fecfa';
const FAILED = 'e1f2031425364758';

/** A booking, a slower one, and a check-in whose job failed in a trace of its own. */
async function hotel(): Promise<Viewer> {
  const viewer = await startViewer();
  const at = (secondsAgo: number): Date => new Date(Date.now() - secondsAgo * 1000);
  const ago = (secondsAgo: number): number => at(secondsAgo).getTime() - T0;
  await postJson(viewer, moved(readFixture('booking.otlp'), { to: at(60), id: traceId(7), stretch: 3 }));
  await postJson(viewer, moved(readFixture('booking.otlp'), { to: at(30) }));
  await postJson(
    viewer,
    request(
      { traceId: CHECK_IN, spanId: spanId(1), name: 'POST /api/v1/bookings/:id/check-in', kind: 2, startMs: ago(20) },
      {
        traceId: CHECK_IN,
        spanId: CHECK_IN_SEND,
        parentSpanId: spanId(1),
        name: 'send cleaning',
        kind: 4,
        startMs: ago(20),
      },
    ),
  );
  await postJson(viewer, moved(readFixture('failed-job.otlp'), { to: at(10) }));
  return viewer;
}

const rowNames = (page: Page): Promise<string[]> => page.locator('.waterfall .row[id]:visible .op').allInnerTexts();
/** As a reader sees it, on one line. */
const text = async (locator: Locator): Promise<string> =>
  ((await locator.textContent()) ?? '').replaceAll(/\s+/g, ' ').trim();
const results = (page: Page): Promise<string[]> => page.locator('.traces li > a').allInnerTexts();

describe.skipIf(chromiumPath === undefined)('in a browser', () => {
  describe('the search page', () => {
    test('lists the newest first, with services, spans, errors and duration', async () => {
      const { page, complaints } = await openPage(await hotel(), '/search');
      expect(await results(page)).toEqual([
        'cleaning-worker process cleaning',
        'dispo POST /api/v1/bookings/:id/check-in',
        'dispo POST /api/v1/bookings',
        'dispo POST /api/v1/bookings',
      ]);
      expect(await text(page.locator('.traces li').first())).toMatch(/21\.5 ms.*3 spans.*2 errors.*cleaning-worker 3/);
      expect(await page.locator('.scatter circle').count()).toBe(4);
      expect(complaints).toEqual([]);
    });

    test('narrows by service, tags, duration and errors, and keeps what was typed', async () => {
      const { page, complaints } = await openPage(await hotel(), '/search');
      await page.selectOption('[name=service]', 'dispo');
      await page.fill('[name=tags]', 'hotel.room.number=101 http.response.status_code=201');
      await page.click('text=Find');
      expect(await results(page)).toHaveLength(2);
      expect(await page.inputValue('[name=tags]')).toBe('hotel.room.number=101 http.response.status_code=201');
      await page.fill('[name=minDuration]', '20ms');
      await page.press('[name=minDuration]', 'Enter');
      await expect.poll(() => results(page)).toHaveLength(1);
      await page.goto(page.url().replace(/\?.*/, '?errors=1'));
      expect(await results(page)).toEqual(['cleaning-worker process cleaning']);
      expect(complaints).toEqual([]);
    });

    test('says what is wrong with a duration', async () => {
      const { page } = await openPage(await hotel(), '/search?minDuration=soon');
      expect(await text(page.locator('[role=alert]'))).toContain('Shortest is "soon": write a duration such as 1.5s');
      expect(await page.inputValue('[name=minDuration]')).toBe('soon');
    });

    test('shows new traces by itself, and tells before the first one how to send it', async () => {
      const viewer = await startViewer();
      const { page, complaints } = await openPage(viewer, '/search');
      const body = await text(page.locator('main'));
      expect(body).toContain('No spans yet');
      expect(body).toContain(`OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:${viewer.ports.otlpGrpc}`);
      await postJson(viewer, moved(readFixture('booking.otlp'), { to: new Date() }));
      await expect.poll(() => results(page), { timeout: 10_000 }).toHaveLength(1);
      await page.locator('.traces a').focus();
      await postJson(viewer, moved(readFixture('booking.otlp'), { to: new Date(), id: traceId(5) }));
      await expect.poll(() => results(page), { timeout: 10_000 }).toHaveLength(2);
      expect(await page.locator('.traces a:focus').getAttribute('href')).toBe(`/trace/${BOOKING}`);
      expect(complaints).toEqual([]);
    });

    test('is walked with the keyboard', async () => {
      const { page } = await openPage(await hotel(), '/search');
      await page.keyboard.press('j');
      await page.keyboard.press('j');
      await page.keyboard.press('Enter');
      await page.waitForURL(`**/trace/${CHECK_IN}`);
    });

    test('offers the operations of the service that is chosen', async () => {
      const { page } = await openPage(await hotel(), '/search');
      await page.selectOption('[name=service]', 'cleaning-worker');
      await expect
        .poll(() =>
          page
            .locator('#operations option')
            .evaluateAll((options) => options.map((option) => option.getAttribute('value'))),
        )
        .toEqual(['INSERT processed_events', 'INSERT tasks', 'PUT', 'process cleaning', 'unset kind']);
    });
  });

  describe('the trace page', () => {
    let viewer: Viewer;
    beforeEach(async () => {
      viewer = await hotel();
    });

    test('is the tree of the booking, with the wait in the queue and the critical path', async () => {
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
      await page.keyboard.press('ArrowLeft');
      expect(await rowNames(page)).toHaveLength(6);
      expect(complaints).toEqual([]);
    });

    test('shows a span with attributes, events and resource, and its address names it', async () => {
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

    test('shows an exception readable, and errors marked', async () => {
      const { page } = await openPage(viewer, `/trace/${FAILED_JOB}?uiFind=${FAILED}`);
      expect(await page.locator('.row.err').count()).toBe(2);
      const detail = page.locator('.detail');
      expect(await text(detail)).toContain('exception TypeError: fetch failed');
      expect(await text(detail.locator('pre'))).toContain('at callBack (file:///hotel/cleaning/src/callback.ts:31:11)');
      await page.click('#next-error');
      expect(await page.evaluate('document.activeElement.id')).toBe(`s-${FAILED}`);
    });

    test('links walk both ways, between traces', async () => {
      const { page, complaints } = await openPage(viewer, `/trace/${FAILED_JOB}?uiFind=${FAILED}`);
      expect(await text(page.locator('.detail'))).toMatch(/Waited *10\.\d s in the queue/);
      await page.click('.detail section:has-text("Links to") a:has-text("dispo send cleaning")');
      await page.waitForURL(`**/trace/${CHECK_IN}?uiFind=${CHECK_IN_SEND}`);
      expect(await text(page.locator(`#s-${CHECK_IN_SEND}`))).toContain('↙1');
      await page.click('.detail section:has-text("Linked from") a');
      await page.waitForURL(`**/trace/${FAILED_JOB}?uiFind=${FAILED}`);
      expect(complaints).toEqual([]);
    });

    test('finds spans by what they hold, steps through them and opens what is folded', async () => {
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

    test('gives its raw JSON as a file', async () => {
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

    test('offers spans that arrive later, and appears when its trace does', async () => {
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

    test('is usable with 2,000 spans', async () => {
      const spans = Array.from({ length: 2000 }, (_, n) => ({
        traceId: traceId(4),
        spanId: spanId(n + 1),
        ...(n === 0 ? {} : { parentSpanId: spanId(Math.floor((n - 1) / 3) + 1) }),
        name: `step ${n}`,
        startMs: n / 10,
        durationMs: 200 - n / 20,
      }));
      await postJson(viewer, request(...spans));
      const wanted = `s-${spanId(1900)}`;
      const { page, complaints } = await openPage(viewer, `/trace/${traceId(4)}?uiFind=${spanId(1900)}`);
      expect(await page.locator('.row[id]').count()).toBe(2000);
      expect(await page.evaluate('document.activeElement.id')).toBe(wanted);
      await expect
        .poll(() => page.evaluate(`document.getElementById('${wanted}').getBoundingClientRect().top`))
        .toSatisfy((top: number) => top > 0 && top < 800);
      await page.click('#fold');
      expect(await rowNames(page)).toEqual(['dispo step 0']);
      expect(complaints).toEqual([]);
    });
  });

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
