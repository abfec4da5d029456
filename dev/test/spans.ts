import type { Span } from '@hotel/trace-test';

const EPOCH_NS = 1_800_000_000_000_000_000n;

/** A span from `fromMs` to `toMs` after a fixed moment. */
export function span(
  spanId: string,
  parentSpanId: string | undefined,
  text: string,
  [fromMs, toMs]: [number, number],
  more: Partial<Span> = {},
): Span {
  const [service, kind, ...name] = text.split(' ') as [string, Span['kind'], ...string[]];
  return {
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    spanId,
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    name: name.join(' '),
    kind,
    service,
    startNs: EPOCH_NS + BigInt(Math.round(fromMs * 1e6)),
    endNs: EPOCH_NS + BigInt(Math.round(toMs * 1e6)),
    attributes: {},
    status: { code: 'UNSET' },
    events: [],
    links: [],
    resource: {},
    scope: 'test',
    ...more,
  };
}

/** A booking from the request to the confirmation, in no order. */
export function bookingSpans(): Span[] {
  return [
    span('d1', 'c1', 'cleaning-worker CLIENT INSERT tasks', [22, 23]),
    span('b1', 'a1', 'dispo PRODUCER send cleaning', [9, 11]),
    span('a2', 'a1', 'dispo CLIENT INSERT bookings', [2, 6]),
    span('e1', 'c1', 'cleaning-worker CLIENT PUT', [24, 40]),
    span('f1', 'e1', 'dispo SERVER PUT /internal/v1/bookings/:id/cleaning', [26, 38]),
    span('a1', undefined, 'dispo SERVER POST /api/v1/bookings', [0, 12.5]),
    span('f2', 'f1', 'dispo CLIENT UPDATE bookings', [28, 30]),
    span('c1', 'b1', 'cleaning-worker CONSUMER process cleaning', [20, 42], {
      attributes: { 'hotel.job.attempt': 1, 'hotel.queue.wait_ms': 8.5 },
      links: [{ traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: 'b1', attributes: {} }],
    }),
  ];
}
