import { context, diag, INVALID_SPAN_CONTEXT, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { globalErrorHandler } from '@opentelemetry/core';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { OnDrop } from '../otlp/careful-serializer.ts';
import { logThroughLogger } from './diagnostics.ts';

const lines: Array<Record<string, unknown>> = [];
const request = trace.setSpanContext(ROOT_CONTEXT, { ...INVALID_SPAN_CONTEXT, traceId: 'of a request' });
let onDrop: OnDrop;

beforeAll(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});
afterAll(() => void vi.useRealTimers());
beforeEach(() => {
  lines.length = 0;
  const mixin = () => ({ trace_id: trace.getActiveSpan()?.spanContext().traceId });
  onDrop = logThroughLogger(pino({ base: {}, mixin }, { write: (line) => void lines.push(JSON.parse(line)) }))('spans');
});

describe("the SDK's messages are logged", () => {
  it('without the trace id of the request that caused them', () => {
    context.with(request, () => {
      diag.warn('something', 'else');
      globalErrorHandler(new Error('no route'));
      onDrop(3, 'queue_full');
    });
    expect(lines).toMatchObject([
      { component: 'opentelemetry', msg: 'something else' },
      { failed: 1, msg: 'an export failed: no route' },
      { dropped: 3, reason: 'queue_full', msg: 'spans were dropped' },
    ]);
    expect(lines.filter((line) => 'trace_id' in line)).toEqual([]);
  });

  it('once per kind in 30 s, ignoring numbers, with a count', () => {
    for (let size = 1; size <= 5; size++) diag.warn(`Dropped ${size} spans`);
    diag.warn('another kind');
    expect(lines.map(({ msg }) => msg)).toEqual(['Dropped 1 spans', 'another kind']);
    vi.advanceTimersByTime(30_000);
    diag.warn('Dropped 6 spans');
    expect(lines[2]).toMatchObject({ msg: 'Dropped 6 spans', times: 5 });
  });

  it('however many kinds there are', () => {
    for (const kind of 'abcdefghijklmnopqrstuvwxyz') for (const more of 'xyz') diag.warn(kind + more);
    expect(lines).toHaveLength(26 * 3);
  });
});

describe('dropped spans are logged', () => {
  it("once per reason in 30 s, with their sum and the collector's message", () => {
    onDrop(2, 'rejected', 'the tenant is over its limit');
    onDrop(3, 'rejected', 'the tenant is over its limit');
    onDrop(1, 'invalid_time');
    expect(lines).toMatchObject([
      { dropped: 2, reason: 'rejected', detail: 'the tenant is over its limit' },
      { dropped: 1, reason: 'invalid_time' },
    ]);
    vi.advanceTimersByTime(30_000);
    onDrop(4, 'rejected', 'x'.repeat(1_000));
    expect(lines[2]).toMatchObject({ dropped: 7, detail: 'x'.repeat(256) });
  });
});
