import type { System } from '@hotel/system';
import type { TracedSystem } from '@hotel/trace-test';
import { hotel } from 'dev/system';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { book, startHotel, waitUntilPlanned } from './harness/hotel.ts';

/** Spans and logs reach the viewer through the test's sink; metrics directly. */
const system: System = {
  ...hotel,
  processes: hotel.processes.map((spec) => {
    const env = { ...spec.env, OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://127.0.0.1:${OTLP_GRPC_PORT}' };
    return spec.traced ? { ...spec, env } : spec;
  }),
};
const WITHIN = { timeout: 30_000 };

let traced: TracedSystem;
let traceId: string;
beforeAll(async () => {
  traced = await startHotel({ system, env: { OTEL_METRICS_EXPORTER: 'otlp', OTEL_METRIC_EXPORT_INTERVAL: '1000' } });
  const made = await book(traced, { room_id: 2, start: '2027-02-04', end: '2027-02-06' });
  await waitUntilPlanned(traced, made.booking.id);
  ({ traceId } = made);
});
afterAll(() => traced?.stop());

const page = async (path: string) => (await fetch(traced.url('VIEWER_PORT') + path)).text();

it('the viewer shows the log lines of a booking below its trace, each with the span that wrote it', async () => {
  const lines = async () => {
    const { logs } = JSON.parse(await page(`/api/logs?trace=${traceId}`)) as {
      logs: Array<{ service: string; eventName: string; spanId: string }>;
    };
    return logs;
  };
  await expect
    .poll(async () => (await lines()).map(({ service, eventName }) => [service, eventName]), WITHIN)
    .toEqual([
      ['dispo', 'hotel.booking.made'],
      ['cleaning-worker', 'hotel.cleaning.planned'],
      ['dispo', 'hotel.cleaning.confirmed'],
    ]);
  const arrived = () => new Map(traced.sink.spans().map((span) => [span.spanId, span.service]));
  for (const { spanId, service } of await lines()) {
    await expect.poll(() => arrived().get(spanId), WITHIN).toBe(service);
  }
});

it.each([
  ['dispo', 'hotel.outbox.depth'],
  ['cleaning', 'process.cpu.time'],
  ['cleaning-worker', 'messaging.process.duration'],
])('the viewer shows the metrics of %s', async (service, metric) => {
  await expect.poll(() => page(`/instruments?service=${service}`), WITHIN).toContain(metric);
});

it('an exemplar in the viewer leads from the slowest confirmation to the trace of the booking', async () => {
  const chart = '/instruments?service=dispo&instrument=hotel.outbox.confirmation.duration';
  await expect.poll(() => page(chart), WITHIN).toContain(`/trace/${traceId}`);
});
