import { expect, test } from 'vitest';
import { Pool } from '../../../otlp/decode/pool.ts';
import { readTracesJson } from '../../../otlp/traces/json.ts';
import { bar } from './bar.ts';

const SCALE = { start: 0n, nanos: 1000, origin: 0n };

/** The label of a span's bar and its text anchor. */
function label(at: [from: number, to: number], wait?: [from: number, to: number]): [text: string, anchor: string] {
  const json = { startTimeUnixNano: String(at[0]), endTimeUnixNano: String(at[1]) };
  const body = { resourceSpans: [{ scopeSpans: [{ spans: [json] }] }] };
  const [span] = readTracesJson([body], new Pool());
  if (span === undefined) throw new Error('no span');
  const queued = wait && { producer: span, from: BigInt(wait[0]), to: BigInt(wait[1]) };
  const [, anchor = '', text = ''] =
    /<text [^>]*text-anchor="(\w+)">([^<]*)/.exec(String(bar(span, [], queued, SCALE))) ?? [];
  return [text, anchor];
}

test('places the duration right of its bar, inside it or left of it, wherever it fits', () => {
  expect(label([0, 100])).toEqual(['100 ns', 'start']);
  expect(label([0, 1000])).toEqual(['1.00 µs', 'end']);
  expect(label([950, 1000])).toEqual(['50 ns', 'end']);
});

test('a duration placed left of a wait includes the wait', () => {
  expect(label([100, 200], [0, 100])).toEqual(['100 ns', 'start']);
  expect(label([950, 1000], [500, 950])).toEqual(['waited 450 ns, took 50 ns', 'end']);
  expect(label([950, 1000], [10, 950])).toEqual(['waited 940 ns, took 50 ns', 'end']);
});

test('labels a bar outside the visible range at the edge', () => {
  expect(label([2000, 2100])).toEqual(['100 ns ›', 'end']);
});
