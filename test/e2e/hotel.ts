import type { SpanShape, System } from '@hotel/system';
import {
  expectTrace,
  httpJson,
  type JsonResponse,
  type MatchOptions,
  matchTrace,
  type Span,
  startTraced,
  type TracedOptions,
  type TracedSystem,
  waitForTrace,
} from '@hotel/trace-test';
import { hotel } from 'dev/system';

export interface Booking {
  id: number;
  room_id: number;
  start: string;
  end: string;
  status: string;
  cleaning: string;
  revision: number;
}

/** Quick to notice what is lost, quick to try again. */
const IMPATIENT = { HOTEL_OUTBOX_SWEEP_MS: '300', HOTEL_JOB_BACKOFF_MS: '100' };
/** Processes send their spans every 200 ms: what has not come after this will not come. */
const SETTLE_MS = 500;

export interface HotelOptions extends Omit<TracedOptions, 'env'> {
  env?: Record<string, string>;
  system?: System;
}

/** The real hotel on free ports, its spans readable as they were sent and through its viewer. */
export function startHotel({ env, system = hotel, ...options }: HotelOptions = {}): Promise<TracedSystem> {
  return startTraced(system, { ...options, env: { ...IMPATIENT, ...env } });
}

/** One request to dispo's public API. */
export function ask<Body = Booking>(
  traced: TracedSystem,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<JsonResponse<Body>> {
  return httpJson<Body>(traced.url('DISPO_PORT') + path, { method, headers, ...(body === undefined ? {} : { body }) });
}

/** Books, and insists that it worked. */
export async function book(
  traced: TracedSystem,
  stay: { room_id: number; start: string; end: string },
  headers: Record<string, string> = {},
): Promise<{ booking: Booking; traceId: string }> {
  const { status, body, traceId } = await ask(traced, 'POST', '/api/v1/bookings', stay, headers);
  if (status !== 201 || traceId === undefined)
    throw new Error(`the booking was answered by ${status}: ${JSON.stringify(body)}`);
  return { booking: body, traceId };
}

/**
 * Insists that a trace gets the expected shape and nothing more, on the raw OTLP and through the query API.
 * @returns its spans as they were sent.
 */
export async function insistOnTrace(
  traced: TracedSystem,
  traceId: string,
  shape: SpanShape,
  { timeoutMs = 10_000, ...options }: MatchOptions & { timeoutMs?: number } = {},
): Promise<Span[]> {
  const until = (spans: Span[]) => matchTrace(spans, shape, options).length === 0;
  const raw = await settled(traced.sink, traceId, until, timeoutMs);
  expectTrace(raw, shape, options);
  expectTrace(await settled(traced.query, traceId, until, timeoutMs), shape, options);
  return raw;
}

/** The trace once it is as expected and quiet, or as it is when time is up: the comparison then says what is wrong. */
async function settled(
  source: Parameters<typeof waitForTrace>[0],
  traceId: string,
  until: (spans: Span[]) => boolean,
  timeoutMs: number,
): Promise<Span[]> {
  try {
    return await waitForTrace(source, traceId, { until, timeoutMs, settleMs: SETTLE_MS });
  } catch {
    return await source.trace(traceId);
  }
}

/** Waits until cleaning has planned the booking as it is now. */
export async function waitUntilPlanned(traced: TracedSystem, id: number, timeoutMs = 20_000): Promise<Booking> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const { body } = await ask(traced, 'GET', `/api/v1/bookings/${id}`);
    if (body.cleaning === 'planned') return body;
    if (performance.now() > end) throw new Error(`booking ${id} is still ${body.cleaning} after ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The plan of some days, from cleaning's public API. */
export async function days(traced: TracedSystem, start: string, end: string): Promise<unknown> {
  return (await httpJson(`${traced.url('CLEANING_PORT')}/api/v1/days?start=${start}&end=${end}`)).body;
}
