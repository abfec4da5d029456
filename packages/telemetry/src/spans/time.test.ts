import type { HrTime } from '@opentelemetry/api';
import { defaultResource } from '@opentelemetry/resources';
import {
  AlwaysOnSampler,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace';
import { expect, it } from 'vitest';
import { now } from '../setup/clock.ts';
import { createTracerProvider } from './tracer.ts';

const exporter = new InMemorySpanExporter();
const tracerWith = (...spanProcessors: SpanProcessor[]) =>
  createTracerProvider({ resource: defaultResource(), sampler: new AlwaysOnSampler(), spanProcessors }).getTracer(
    'test',
  );
const tracer = tracerWith(new SimpleSpanProcessor({ exporter }));
const spansOf = (make: () => void) => {
  exporter.reset();
  make();
  return exporter.getFinishedSpans();
};

it('start times keep the order of spans that start within one millisecond', () => {
  const spans = spansOf(() => {
    for (let i = 0; i < 50; i++) tracer.startSpan(String(i)).end();
  });
  const starts = spans.map(({ startTime: [seconds, nanoseconds] }) => seconds * 1e9 + nanoseconds);
  expect(starts).toEqual(starts.toSorted((a, b) => a - b));
  expect(spans.some(({ startTime }) => startTime[1] % 1e6 !== 0)).toBe(true);
});

it('the end and the events are not before the start', () => {
  const [span] = spansOf(() => {
    tracer.startSpan('one').addEvent('event').end();
  });
  const [start = 0, event = 0, end = 0] = [span?.startTime, span?.events[0]?.time, span?.endTime].map(
    (time) => (time?.[0] ?? 0) * 1e9 + (time?.[1] ?? 0),
  );
  expect(start).toBeGreaterThan(0);
  expect(event).toBeGreaterThanOrEqual(start);
  expect(end).toBeGreaterThanOrEqual(event);
});

it('a span starts when it is created, even if a processor takes long', () => {
  const entered: number[] = [];
  const slow = {
    onStart() {
      entered.push(Date.now());
      for (const end = performance.now() + 5; performance.now() < end; );
    },
    onEnd() {},
    async forceFlush() {},
    async shutdown() {},
  };
  const slowTracer = tracerWith(slow, new SimpleSpanProcessor({ exporter }));
  const made: HrTime[] = [];
  const spans = spansOf(() => {
    for (let i = 0; i < 20; i++) {
      made.push(now());
      slowTracer.startSpan(String(i)).end();
    }
  });
  const ms = ([seconds, nanoseconds]: HrTime) => seconds * 1e3 + nanoseconds / 1e6;
  for (const [i, { startTime }] of spans.entries()) {
    expect(ms(startTime)).toBeGreaterThanOrEqual(ms(made[i] ?? [Number.NaN, 0]));
    expect(Math.floor(ms(startTime))).toBeLessThanOrEqual((entered[i] ?? Number.NaN) + 1);
  }
});

it('an explicit start time is kept', () => {
  const [span] = spansOf(() => {
    tracer.startSpan('one', { startTime: new Date('2027-02-04T00:00:00Z') }).end();
  });
  expect(span?.startTime).toEqual([Date.parse('2027-02-04T00:00:00Z') / 1_000, 0]);
});
