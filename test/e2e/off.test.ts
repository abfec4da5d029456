import { freePorts } from '@hotel/system';
import type { TracedSystem } from '@hotel/trace-test';
import { afterEach, describe, expect, it } from 'vitest';
import { ask, book, startHotel, waitUntilPlanned } from './hotel.ts';
import { type ServiceProxy, startProxy } from './proxy.ts';

const fields = {
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03',
  tracestate: 'vendor=opaque , other=1',
  baggage: 'channel=web;ttl=5,name=m%C3%BCller',
};

let traced: TracedSystem | undefined;
let proxy: ServiceProxy | undefined;
afterEach(async () => {
  await traced?.stop();
  await proxy?.[Symbol.asyncDispose]();
});

async function startWithProxy(env: Record<string, string>): Promise<TracedSystem> {
  const [port] = await freePorts(1);
  proxy = await startProxy(`http://127.0.0.1:${port}`);
  traced = await startHotel({ env: { ...env, DISPO_INTERNAL_PORT: String(port), DISPO_INTERNAL_URL: proxy.url } });
  return traced;
}

describe('telemetry off', () => {
  it.each([
    ['no endpoint', { OTEL_EXPORTER_OTLP_ENDPOINT: '' }],
    ['OTEL_SDK_DISABLED=true', { OTEL_SDK_DISABLED: 'true' }],
  ])(
    "by %s: no span is made, and the caller's context still passes HTTP and queue, byte for byte",
    async (_how, env) => {
      const hotel = await startWithProxy(env);
      const made = await ask(
        hotel,
        'POST',
        '/api/v1/bookings',
        { room_id: 1, start: '2027-02-04', end: '2027-02-06' },
        fields,
      );
      expect(made.status).toBe(201);
      expect(made.headers.get('traceresponse')).toBeNull();
      await waitUntilPlanned(hotel, made.body.id);
      expect(
        proxy?.seen.map(({ headers: { traceparent, tracestate, baggage } }) => ({ traceparent, tracestate, baggage })),
      ).toEqual([fields]);
      expect(hotel.sink.requests()).toBe(0);
      const readiness = (await (await fetch(`${hotel.url('DISPO_INTERNAL_PORT')}/readyz`)).json()) as {
        telemetry: unknown;
      };
      expect(readiness.telemetry).toEqual({ enabled: false, dropped_spans: 0 });
    },
  );
});

describe('sampling off', () => {
  it('makes no spans, and still propagates the trace id and that it is not sampled', async () => {
    const hotel = await startWithProxy({ OTEL_TRACES_SAMPLER: 'always_off' });
    const { booking, traceId } = await book(hotel, { room_id: 1, start: '2027-02-04', end: '2027-02-06' });
    await waitUntilPlanned(hotel, booking.id);
    expect(proxy?.seen).toHaveLength(1);
    // Not sampled, and random: the id was generated here.
    expect(proxy?.seen[0]?.headers.traceparent).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-02$`));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(hotel.sink.spans()).toEqual([]);
  });
});
