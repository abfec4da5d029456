import type { Span } from '@hotel/trace-test';
import { expect, it } from 'vitest';
import { bookingSpans, span } from '../../test/spans.ts';
import { followTrace, isConfirmed, isConnected } from './complete.ts';

/** Returns the next of these versions of a trace at each call; the last one remains. */
const source = (...versions: Span[][]) => ({
  asked: 0,
  async trace() {
    return versions[Math.min(this.asked++, versions.length - 1)] ?? [];
  },
});
const recent = (spans: Span[]) => spans.map((one) => ({ ...one, endNs: BigInt(Date.now()) * 1_000_000n }));
const whole = recent(bookingSpans());
const confirmed = (spans: readonly Span[]) => isConfirmed(spans) && isConnected(spans);

it('recognizes a complete booking trace', () => {
  expect(confirmed(whole)).toBe(true);
  expect(isConfirmed(whole.filter(({ spanId }) => spanId !== 'f1'))).toBe(false);
  expect(isConnected(whole.filter(({ spanId }) => spanId !== 'e1'))).toBe(false);
  expect(isConnected([])).toBe(false);
});

it('does not treat an unrecorded caller as a gap', () => {
  expect(isConnected([span('1', 'caller', 'a SERVER x', [0, 1]), span('2', '1', 'a CLIENT y', [0, 1])])).toBe(true);
});

it('waits until the trace is complete and stable', async () => {
  const growing = source([], whole.slice(0, 3), whole.slice(0, 7), whole, [
    ...whole,
    { ...whole[0], spanId: 'x' } as Span,
  ]);
  const { spans, complete } = await followTrace(growing, 'id', { until: confirmed, timeoutMs: 10_000, settleMs: 120 });
  expect(complete).toBe(true);
  expect(spans).toHaveLength(9);
});

it('returns a partial trace on timeout', async () => {
  const half = whole.slice(0, 3);
  expect(await followTrace(source(half), 'id', { until: confirmed, timeoutMs: 100 })).toEqual({
    spans: half,
    complete: false,
  });
});

it('does not wait for an old trace', async () => {
  const old = bookingSpans().map((one) => ({ ...one, endNs: 1n }));
  const once = source(old);
  await followTrace(once, 'id', { until: confirmed, timeoutMs: 10_000, settleMs: 60_000 });
  expect(once.asked).toBe(1);
});
