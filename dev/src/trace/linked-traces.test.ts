import type { Span } from '@hotel/trace-test';
import { expect, it } from 'vitest';
import { bookingSpans, span } from '../../test/spans.ts';
import { followLinked, isProcessedElsewhere, type LinkSource } from './linked-traces.ts';

const HERE = '4bf92f3577b34da6a3ce929d0e0e4736';
const THERE = 'ab'.repeat(16);
const linkTo = (traceId: string, spanId: string) => [{ traceId, spanId, attributes: {} }];
const request = [
  span('a1', undefined, 'dispo SERVER POST /api/v1/bookings', [0, 12]),
  span('b1', 'a1', 'dispo PRODUCER send cleaning', [9, 11]),
];
const processing = [
  span('c1', undefined, 'cleaning-worker CONSUMER process cleaning', [20, 42], {
    traceId: THERE,
    links: linkTo(HERE, 'b1'),
  }),
];

function store(traces: Record<string, Span[]>): LinkSource {
  return {
    trace: async (id) => traces[id] ?? [],
    linkingTo: async (id) =>
      Object.values(traces).filter((spans) => spans.some(({ links }) => links.some(({ traceId }) => traceId === id))),
  };
}

it('finds the trace that links to a trace, and the trace that it links to', async () => {
  const both = store({ [HERE]: request, [THERE]: processing });
  const options = { until: () => true, timeoutMs: 1_000 };
  expect(await followLinked(both, HERE, options)).toEqual({
    spans: request,
    linked: [{ id: THERE, spans: processing, direction: 'back' }],
    complete: true,
  });
  expect((await followLinked(both, THERE, options)).linked).toEqual([
    { id: HERE, spans: request, direction: 'onward' },
  ]);
});

it('waits for a linked trace to arrive', async () => {
  const traces: Record<string, Span[]> = { [HERE]: request };
  setTimeout(() => {
    traces[THERE] = processing;
  }, 20);
  const { linked, complete } = await followLinked(store(traces), HERE, {
    until: (_, others) => others.length > 0,
    timeoutMs: 10_000,
  });
  expect({ complete, ids: linked.map(({ id }) => id) }).toEqual({ complete: true, ids: [THERE] });
});

it('returns a partial result on timeout, and omits unrecorded traces', async () => {
  const alone = [{ ...(request[0] as Span), links: linkTo('cd'.repeat(16), 'e1') }];
  const { spans, linked, complete } = await followLinked(store({ [HERE]: alone }), HERE, {
    until: () => false,
    timeoutMs: 10,
  });
  expect({ spans, linked, complete }).toEqual({ spans: alone, linked: [], complete: false });
});

it('looks for no other trace when the message is processed in its own trace', () => {
  expect(isProcessedElsewhere(bookingSpans())).toBe(false);
  expect(isProcessedElsewhere(request)).toBe(true);
  expect(isProcessedElsewhere(processing)).toBe(false);
});
