import { describeExit, type System, type UnexpectedExit } from '@hotel/system';
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
import { isOnPostgres, REPLICAS, startReplicas } from './replicas.ts';

export { insistOnTrace } from '@hotel/trace-test';

/** Maximum number of spans under 5 ms in a trace; more count as noise by a published scoring rule. */
const MAX_SPANS = 20;

export interface Booking {
  id: number;
  room_id: number;
  start: string;
  end: string;
  status: string;
  cleaning: string;
  revision: number;
}

/** Short detection times and short retries, and the log as records, so that tests can search these too. */
const FAST = {
  ...{ HOTEL_OUTBOX_SWEEP_MS: '300', HOTEL_JOB_BACKOFF_MS: '100' },
  ...{ OTEL_LOGS_EXPORTER: 'otlp', OTEL_BLRP_SCHEDULE_DELAY: '200' },
};

export interface HotelOptions extends Omit<TracedOptions, 'env'> {
  env?: Record<string, string>;
  system?: System;
  /** Processes of each service. Default: as many as the mode of the test run has. */
  replicas?: number;
  /** Names of processes that the tests do not need. */
  without?: readonly string[];
  /** False where mutations break the spans. */
  isWhole?: boolean;
}

export interface TracedHotel extends TracedSystem {
  /** Asserts that spans and log records follow the conventions, and that no process ended that no test had stopped. `stop` does so as well. */
  insistOnWhole(): void;
}

/** The real hotel on free ports, with its spans readable as sent and through its viewer. */
export async function startHotel({
  env,
  system = hotel,
  replicas = REPLICAS,
  without = [],
  isWhole = true,
  ...options
}: HotelOptions = {}): Promise<TracedHotel> {
  const ended: UnexpectedExit[] = [];
  const onUnexpectedExit = (exit: UnexpectedExit) => void ended.push(exit);
  const processes = system.processes.filter(({ name }) => !without.includes(name));
  const traced = await startReplicas({ ...system, processes }, replicas, (replicated) =>
    startTraced(replicated, {
      ...{ onUnexpectedExit, postgres: isOnPostgres ? 'fast' : undefined, ...options },
      env: { ...FAST, ...env },
    }),
  );
  const insistOnWhole = () => {
    for (const exit of ended) {
      throw new Error(`${exit.name} ended with ${describeExit(exit)} during a test:\n${exit.lastLines.join('\n')}`);
    }
    insistOnConventions(traced.sink.spans(), traced.sink.logs());
  };
  const { stop } = traced;
  traced.stop = async () => {
    const results = await stop();
    if (isWhole) insistOnWhole();
    return results;
  };
  return Object.assign(traced, { insistOnWhole });
}

/** One request to dispo's public API. */
export function ask<Body = Booking>(
  traced: TracedSystem,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<JsonResponse<Body>> {
  // Each connection may lead to another replica.
  const each = isOnPostgres ? { connection: 'close' } : {};
  return httpJson<Body>(traced.url('DISPO_PORT') + path, {
    ...{ method, headers: { ...each, ...headers } },
    ...(body === undefined ? {} : { body }),
  });
}

/** Books, and asserts success. */
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

/** Waits until cleaning has planned the current booking. */
export async function waitUntilPlanned(traced: TracedSystem, id: number, timeoutMs = 60_000): Promise<Booking> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const { body } = await ask(traced, 'GET', `/api/v1/bookings/${id}`);
    if (body.cleaning === 'planned') return body;
    if (performance.now() > end) throw new Error(`booking ${id} is still ${body.cleaning} after ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Asserts that a process logs such a line soon: log lines may follow the response. */
export function insistOnLine(traced: TracedSystem, from: string, line: RegExp): Promise<void> {
  const written = () => traced.lines().flatMap(({ process, text }) => (process === from ? [text] : []));
  return expect.poll(written).toContainEqual(expect.stringMatching(line));
}

/** Asserts that a trace has no noise. A wait for a connection to PostgreSQL is there only if there was one. */
export function insistOnFewSpans(spans: readonly Span[]): void {
  const regular = spans.filter(({ name }) => name !== 'wait for connection');
  expect(regular.length).toBeLessThanOrEqual(MAX_SPANS);
}

/** Spans of a kind by start time; they arrive in the order of their ends. */
export function ofKind(spans: readonly Span[], kind: Span['kind']): Span[] {
  return spans.filter((span) => span.kind === kind).sort((a, b) => Number(a.startNs - b.startNs));
}

/** The plan of some days, from cleaning's public API. */
export async function days(traced: TracedSystem, start: string, end: string): Promise<unknown> {
  return (await httpJson(`${traced.url('CLEANING_PORT')}/api/v1/days?start=${start}&end=${end}`)).body;
}
