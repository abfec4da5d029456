import { expect, test } from 'vitest';
import { span, TRACE_ID } from '../test/spans.ts';
import type { Span } from './span.ts';
import { waitForTrace } from './wait.ts';

/** A source that returns one more span at each call. */
function growing(spans: Span[]) {
  let asked = 0;
  return { trace: () => spans.slice(0, asked++), asked: () => asked };
}

const root = span(1, undefined, 'SERVER root');
const child = span(2, 1, 'CLIENT child');

test('returns the trace as soon as it is complete', async () => {
  const spans = await waitForTrace(growing([root, child]), TRACE_ID, { until: (all) => all.length === 2 });
  expect(spans).toEqual([root, child]);
});

test('includes a span that arrives while the trace settles', async () => {
  const late = span(3, 1, 'CLIENT late');
  const spans = await waitForTrace(growing([root, child, late]), TRACE_ID, {
    until: (all) => all.length >= 2,
    settleMs: 200,
  });
  expect(spans).toEqual([root, child, late]);
});

test('shows the spans that arrived in the error for an incomplete trace', async () => {
  const waiting = waitForTrace({ trace: () => [root] }, TRACE_ID, { until: () => false, timeoutMs: 100 });
  await expect(waiting).rejects.toThrow(
    `Trace ${TRACE_ID} is not complete after 100 ms. Its spans so far (1):\nSERVER   root  desk`,
  );
});

test('asks a failing source again', async () => {
  let asked = 0;
  const source = {
    trace: async () => {
      asked += 1;
      if (asked < 3) throw new Error('viewer restarts');
      return [root];
    },
  };
  expect(await waitForTrace(source, TRACE_ID, { until: (all) => all.length === 1 })).toEqual([root]);
});

test('includes the reason in the error when a source keeps failing', async () => {
  const source = { trace: () => Promise.reject(new Error('no viewer at all')) };
  await expect(waitForTrace(source, TRACE_ID, { until: () => true, timeoutMs: 50 })).rejects.toThrow(
    'The last attempt to read it failed: no viewer at all',
  );
});

test('stops waiting when the condition itself throws', async () => {
  const until = () => {
    throw new Error('a typo in the test');
  };
  await expect(waitForTrace(growing([root]), TRACE_ID, { until })).rejects.toThrow('a typo in the test');
});
