import { afterEach, describe, expect, it } from 'vitest';
import { ask, book, waitUntilPlanned } from './harness/hotel.ts';
import { type ProxiedHotel, startProxied } from './harness/proxied.ts';

const fields = {
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03',
  tracestate: 'vendor=opaque , other=1',
  baggage: 'channel=web;ttl=5,name=m%C3%BCller',
};

const without = ['viewer', 'cleaning'];

let proxied: ProxiedHotel | undefined;
afterEach(() => proxied?.[Symbol.asyncDispose]());

describe('telemetry off', () => {
  it.each([
    ['no endpoint', { OTEL_EXPORTER_OTLP_ENDPOINT: '' }],
    ['OTEL_SDK_DISABLED=true', { OTEL_SDK_DISABLED: 'true' }],
  ])(
    "by %s: no span is made, and the caller's context still passes HTTP and queue, byte for byte",
    async (_how, env) => {
      proxied = await startProxied({ without, env });
      const { traced, toDispo } = proxied;
      const made = await ask(
        traced,
        'POST',
        '/api/v1/bookings',
        { room_id: 1, start: '2027-02-04', end: '2027-02-06' },
        fields,
      );
      expect(made.status).toBe(201);
      expect(made.headers.get('traceresponse')).toBeNull();
      await waitUntilPlanned(traced, made.body.id);
      expect(
        toDispo.seen.map(({ headers: { traceparent, tracestate, baggage } }) => ({ traceparent, tracestate, baggage })),
      ).toEqual([fields]);
      expect(traced.sink.requests()).toBe(0);
      const readiness = (await (await fetch(`${traced.url('DISPO_INTERNAL_PORT')}/readyz`)).json()) as {
        telemetry: unknown;
      };
      expect(readiness.telemetry).toEqual({ enabled: false, dropped_spans: 0 });
    },
  );
});

describe('sampling off', () => {
  it('makes no spans, and still propagates the trace id and that it is not sampled', async () => {
    proxied = await startProxied({ without, env: { OTEL_TRACES_SAMPLER: 'always_off' } });
    const { traced, toDispo } = proxied;
    const { booking, traceId } = await book(traced, { room_id: 1, start: '2027-02-04', end: '2027-02-06' });
    await waitUntilPlanned(traced, booking.id);
    expect(toDispo.seen).toHaveLength(1);
    // Not sampled, and random: the id was generated here.
    expect(toDispo.seen[0]?.headers.traceparent).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-02$`));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(traced.sink.spans()).toEqual([]);
  });
});
