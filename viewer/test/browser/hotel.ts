import type { Locator, Page } from 'playwright-core';
import type { Viewer } from '../../src/viewer.ts';
import { BOOKING, CHECK_IN, CHECK_IN_SEND, FAILED_JOB, moved, readFixture } from '../support/fixtures.ts';
import { postJson, startViewer } from '../support/harness.ts';
import { ERROR, logRequest, WARN } from '../support/logs.ts';
import { request, spanId, T0, traceId } from '../support/spans.ts';

export const CONSUMER = '7d3efb1b173fecfa';
export const SERVER = '051581bf3cb55c13';
export const FAILED = 'e1f2031425364758';

/** A viewer with a booking, a slower booking, and a check-in whose job failed in a separate trace. */
export async function hotel(): Promise<Viewer> {
  const viewer = await startViewer();
  await fillHotel(viewer);
  return viewer;
}

export async function fillHotel(viewer: Viewer): Promise<void> {
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
}

/** Log lines of the booking and of the failed job, and one without a trace. */
export async function fillLogs(viewer: Viewer): Promise<void> {
  const ago = (secondsAgo: number): number => Date.now() - secondsAgo * 1000 - T0;
  const failedMs = Number((viewer.stores.traces.get(FAILED_JOB)?.startNano ?? 0n) / 1_000_000n) - T0;
  const job = { traceId: FAILED_JOB, spanId: FAILED, service: 'cleaning-worker' };
  const lines = logRequest(
    { atMs: ago(40), message: 'listening on port 8080' },
    { atMs: ago(30), message: 'booking created', eventName: 'booking.created', traceId: BOOKING, spanId: SERVER },
    {
      ...job,
      atMs: failedMs + 4,
      message: 'dispo does not answer, trying again',
      severityNumber: WARN,
      attributes: { 'hotel.job.attempt': '1' },
    },
    {
      ...job,
      atMs: failedMs + 9,
      message: 'the job has failed for good',
      severityNumber: ERROR,
      attributes: { 'exception.type': 'TimeoutError', 'exception.stacktrace': 'TimeoutError: no answer\n    at call' },
    },
  );
  await postJson(viewer, lines, {}, '/v1/logs');
}

export const rowNames = async (page: Page): Promise<string[]> =>
  (await page.locator('.waterfall .row[id]:visible .op').allInnerTexts()).map((name) => name.replaceAll(/\s+/g, ' '));
/** The visible text on one line. */
export const text = async (locator: Locator): Promise<string> =>
  ((await locator.textContent()) ?? '').replaceAll(/\s+/g, ' ').trim();
export const results = (page: Page): Promise<string[]> => page.locator('.traces li > a').allInnerTexts();
