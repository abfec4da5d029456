import type { System } from '@hotel/system';
import {
  httpJson,
  type JsonResponse,
  type Span,
  startTraced,
  type TracedOptions,
  type TracedSystem,
} from '@hotel/trace-test';
import { hotel } from 'dev/system';
import { expect } from 'vitest';
import { insistOnConventions } from './conventions.ts';

export { insistOnTrace } from '@hotel/trace-test';

/** A trace with more spans than these that take less than 5 ms is noise to its reader, by a rule that scores traces in public. */
export const MAX_SPANS = 20;

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

export interface HotelOptions extends Omit<TracedOptions, 'env'> {
  env?: Record<string, string>;
  system?: System;
  /** False where pieces of the source are taken away: nobody expects right spans then. */
  isWhole?: boolean;
}

/**
 * The real hotel on free ports, its spans readable as they were sent and through its viewer. When it is stopped, all of them are
 * compared with the conventions.
 */
export async function startHotel({
  env,
  system = hotel,
  isWhole = true,
  ...options
}: HotelOptions = {}): Promise<TracedSystem> {
  const traced = await startTraced(system, { ...options, env: { ...IMPATIENT, ...env } });
  const { stop } = traced;
  traced.stop = async () => {
    const results = await stop();
    if (isWhole) insistOnConventions(traced.sink.spans());
    return results;
  };
  return traced;
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

/** Waits until cleaning has planned the booking as it is now. */
export async function waitUntilPlanned(traced: TracedSystem, id: number, timeoutMs = 30_000): Promise<Booking> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const { body } = await ask(traced, 'GET', `/api/v1/bookings/${id}`);
    if (body.cleaning === 'planned') return body;
    if (performance.now() > end) throw new Error(`booking ${id} is still ${body.cleaning} after ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Insists that a process has logged such a line, or does within a while: what it writes comes later than what it answers. */
export function insistOnLine(traced: TracedSystem, from: string, line: RegExp): Promise<void> {
  const said = () => traced.lines().flatMap(({ process, text }) => (process === from ? [text] : []));
  return expect.poll(said).toContainEqual(expect.stringMatching(line));
}

/** Those of a kind, the first one first: they are sent in the order of their ends. */
export function ofKind(spans: readonly Span[], kind: Span['kind']): Span[] {
  return spans.filter((span) => span.kind === kind).sort((a, b) => Number(a.startNs - b.startNs));
}

/** The plan of some days, from cleaning's public API. */
export async function days(traced: TracedSystem, start: string, end: string): Promise<unknown> {
  return (await httpJson(`${traced.url('CLEANING_PORT')}/api/v1/days?start=${start}&end=${end}`)).body;
}
