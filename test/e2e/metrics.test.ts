import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { judgeMetric } from '@hotel/registry';
import type { System } from '@hotel/system';
import type { TracedSystem } from '@hotel/trace-test';
import { Queue } from 'bullmq';
import { hotel } from 'dev/system';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MetricCollector, startCollector } from './harness/collector.ts';
import { ask, book, waitUntilPlanned } from './harness/hotel.ts';
import { type Prometheus, startScraping } from './harness/prometheus.ts';
import { type ProxiedHotel, startProxied } from './harness/proxied.ts';
import { REPLICAS } from './harness/replicas.ts';
import { scrape, settled } from './harness/scrape.ts';

const QUEUE = 'cleaning';
const services = ['dispo', 'cleaning', 'cleaning-worker'];
const requests = 'http_server_request_duration_seconds_count';
const CONFIRMATIONS = 'hotel_outbox_confirmation_duration_seconds';
const DASHBOARDS = join(import.meta.dirname, '../../deploy/components/signals/dashboards');
const POST = { http_request_method: 'POST', http_route: '/api/v1/bookings' };

/** As in the manifests, each process has its own port for metrics. Replicas have one anyway. */
const withMetricsPorts: System = {
  ...hotel,
  processes: hotel.processes.map((spec) => {
    const port = `${spec.name.toUpperCase().replace('-', '_')}_METRICS_PORT`;
    const env = { ...spec.env, HOTEL_METRICS_PORT: `\${${port}}` };
    return spec.traced ? { ...spec, ports: { ...spec.ports, [port]: 0 }, env } : spec;
  }),
};

describe('a hotel under load', () => {
  let traced: TracedSystem;
  let proxied: ProxiedHotel;
  let collector: MetricCollector;
  let prometheus: Prometheus;
  beforeAll(async () => {
    collector = await startCollector();
    proxied = await startProxied({
      system: REPLICAS === 1 ? withMetricsPorts : hotel,
      env: {
        OTEL_METRICS_EXPORTER: 'otlp',
        OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'http/json',
        OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: collector.url,
        OTEL_METRIC_EXPORT_INTERVAL: '200',
        OTEL_LOGS_EXPORTER: 'otlp',
        OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'http/json',
        OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: collector.url,
      },
    });
    ({ traced } = proxied);
    const ports = Object.entries(traced.ports).filter(([name]) => name.endsWith('_METRICS_PORT'));
    prometheus = await startScraping(ports.map(([, port]) => port));
  });
  afterAll(async () => {
    await prometheus?.[Symbol.asyncDispose]();
    await proxied?.[Symbol.asyncDispose]();
    await collector?.[Symbol.asyncDispose]();
  });

  it.each(services)('serves only metrics on the metrics port of %s', async (service) => {
    const prefix = service.toUpperCase().replace('-', '_');
    const ports = Object.keys(traced.ports).filter((port) => new RegExp(`^${prefix}(_\\d)?_METRICS_PORT$`).test(port));
    expect(ports).toHaveLength(REPLICAS);
    for (const url of ports.map(traced.url)) {
      expect(await (await fetch(`${url}/metrics`)).text()).toContain(`service_name="${service}"`);
      for (const path of ['/livez', '/readyz', '/internal/v1/rooms/1/state', '/api/v1/rooms', '/']) {
        expect((await fetch(url + path)).status).toBe(404);
      }
    }
  });

  it('counts requests by method, route and status, and unmatched ones without a route', async () => {
    for (const room_id of [1, 2, 3]) await book(traced, { room_id, start: '2027-02-04', end: '2027-02-06' });
    expect((await ask(traced, 'POST', '/api/v1/bookings', stay(1))).status).toBe(409);
    await ask(traced, 'GET', '/api/v1/rooms/1?secret=1');
    await ask(traced, 'GET', '/api/v1/rooms/2');
    for (const path of ['/wp-admin', '/.env', '/a/b/c']) await ask(traced, 'GET', path);
    await fetch(`${traced.url('DISPO_PORT')}/health`);

    const dispo = await settled(traced, 'DISPO_INTERNAL_PORT', ({ sum }) => sum(requests, POST) === 4);
    expect(dispo.sum(requests, { ...POST, http_response_status_code: '201' })).toBe(3);
    expect(dispo.sum(requests, { ...POST, http_response_status_code: '409' })).toBe(1);
    expect(dispo.sum(requests, { http_route: '/api/v1/rooms/:id' })).toBe(2);
    const unmatched = dispo.samples.filter(({ name, labels }) => name === requests && !('http_route' in labels));
    expect(new Set(unmatched.map(({ labels }) => labels.http_response_status_code))).toEqual(new Set(['404']));
    expect(unmatched.reduce((sum, { value }) => sum + value, 0)).toBe(3);
    // Without the resource, which has the paths of this machine.
    const text = JSON.stringify(dispo.samples.filter(({ name }) => name !== 'target_info'));
    for (const absent of ['/health', '/metrics', '/readyz', 'secret', 'wp-admin']) expect(text).not.toContain(absent);
    // A 409 is the caller's error.
    expect(dispo.samples.filter(({ labels }) => 'error_type' in labels)).toEqual([]);
  });

  it('counts sent, processed and called back messages, and measures their waiting time', async () => {
    const queue = { messaging_destination_name: QUEUE };
    const worker = await settled(
      traced,
      'WORKER_INTERNAL_PORT',
      ({ sum }) => sum('messaging_process_duration_seconds_count') === 3,
    );
    expect(worker.sum('hotel_job_attempts_total', { ...queue, hotel_job_attempt: '1' })).toBe(3);
    expect(worker.sum('hotel_queue_wait_duration_seconds_count', queue)).toBe(3);
    expect(worker.sum('http_client_request_duration_seconds_count', { http_response_status_code: '204' })).toBe(3);
    const callbacks = { http_route: '/internal/v1/bookings/:id/cleaning' };
    const dispo = await settled(traced, 'DISPO_INTERNAL_PORT', ({ sum }) => sum(requests, callbacks) === 3);
    expect(dispo.sum('messaging_client_sent_messages_total', queue)).toBe(3);
    expect(dispo.sum(requests, callbacks)).toBe(3);
    expect(dispo.sum(`${CONFIRMATIONS}_count`, { cloudevents_event_type: 'booking.created' })).toBe(3);
    expect(dispo.sum('hotel_outbox_added_total', { cloudevents_event_type: 'booking.created' })).toBe(3);
    expect(dispo.shared('hotel_outbox_depth')).toBe(0);
    expect(dispo.shared('hotel_outbox_oldest_age_seconds')).toBe(0);
  });

  it('counts an attempt that fails as an error, and the next one as a second attempt', async () => {
    proxied.toDispo.failNext(1);
    const { booking } = await book(traced, { room_id: 4, start: '2027-02-04', end: '2027-02-06' });
    await waitUntilPlanned(traced, booking.id);
    const worker = await settled(
      traced,
      'WORKER_INTERNAL_PORT',
      ({ sum }) => sum('hotel_job_attempts_total', { hotel_job_attempt: '2' }) === 1,
    );
    const error = { error_type: 'NotConfirmedError' };
    expect(worker.sum('hotel_job_attempts_total', { hotel_job_attempt: '1', ...error })).toBe(1);
    expect(worker.sum('messaging_process_duration_seconds_count', error)).toBe(1);
    expect(worker.sum('http_client_request_duration_seconds_count', { error_type: '500' })).toBe(1);
  });

  it('counts dead-lettered messages by reason, and the dead letters that wait', async () => {
    const queue = new Queue(QUEUE, {
      connection: { url: traced.system.redis?.url ?? '', maxRetriesPerRequest: null },
      prefix: 'hotel',
    });
    await queue.add('nonsense', { not: 'an event' });
    await queue.close();
    const worker = await settled(
      traced,
      'WORKER_INTERNAL_PORT',
      ({ shared }) => shared('hotel_dead_letters_waiting') === 1,
    );
    expect(worker.sum('hotel_dead_letters_added_total', { hotel_dead_letter_reason: 'not_valid' })).toBe(1);
    expect(worker.sum('hotel_dead_letters_added_total')).toBe(1);
  });

  it('counts a request that fails here as an error, and the call that made it fail', async () => {
    const { booking } = await book(traced, { room_id: 5, ...today() });
    await proxied.toCleaning[Symbol.asyncDispose]();
    expect((await ask(traced, 'POST', `/api/v1/bookings/${booking.id}/check-in`)).status).toBe(503);
    const failed = { http_route: '/api/v1/bookings/:id/check-in', http_response_status_code: '503', error_type: '503' };
    const dispo = await settled(traced, 'DISPO_INTERNAL_PORT', ({ sum }) => sum(requests, failed) === 1);
    expect(
      dispo.sum('http_client_request_duration_seconds_count', { error_type: 'ECONNREFUSED' }),
    ).toBeGreaterThanOrEqual(1);
  });

  it.each([
    ['a request', `http_server_request_duration_seconds_bucket{http_route="${POST.http_route}"}`, 'SERVER'],
    ['a job', 'messaging_process_duration_seconds_bucket', 'CONSUMER'],
    ['the wait of a job', 'hotel_queue_wait_duration_seconds_bucket', 'CONSUMER'],
    ['a planned booking', 'hotel_outbox_confirmation_duration_seconds_bucket', 'SERVER'],
  ])('leads from %s in Prometheus to its trace in the viewer', async (_, selector, kind) => {
    await expect.poll(() => prometheus.exemplars(selector)).not.toEqual([]);
    const [exemplar] = await prometheus.exemplars(selector);
    const { trace_id: traceId = '', span_id: spanId } = exemplar?.labels ?? {};
    const bound = Number(exemplar?.seriesLabels.le?.replace('+Inf', 'Infinity'));
    expect(Number(exemplar?.value)).toBeLessThanOrEqual(bound);
    await expect
      .poll(async () => (await traced.query.trace(traceId)).find((span) => span.spanId === spanId)?.kind)
      .toBe(kind);
  });

  it('has data in Prometheus for every panel of the dashboards and every rule', async () => {
    const dashboards = readdirSync(DASHBOARDS).map((name) => JSON.parse(readFileSync(join(DASHBOARDS, name), 'utf8')));
    const expressions = dashboards.flatMap(({ panels }) =>
      panels.flatMap(({ targets = [] }: { targets?: Array<{ expr: string }> }) => targets.map(({ expr }) => expr)),
    ) as string[];
    expect(expressions.length).toBeGreaterThan(30);
    // Something must happen between two scrapes, also between a rare series' first ones.
    const isScraped = async () => (await prometheus.query('hotel_job_attempts_total{hotel_job_attempt="2"}')).length;
    await expect.poll(isScraped).toBeGreaterThan(0);
    proxied.toDispo.failNext(1);
    const { booking } = await book(traced, { room_id: 8, start: '2027-02-04', end: '2027-02-06' });
    await waitUntilPlanned(traced, booking.id);
    const empty = async () => {
      const results = expressions.map(async (expr) => {
        const series = await prometheus.query(expr.replaceAll('$__rate_interval', '10m'));
        return series.some(({ value }) => Number.isFinite(value)) ? [] : [expr];
      });
      return (await Promise.all(results)).flat();
    };
    // A round of these queries takes a second of CPU time.
    await expect.poll(empty, { interval: 1_000 }).toEqual([]);
    const bounds = ['http_server_request_duration_seconds_bucket{le="1.0"}', `${CONFIRMATIONS}_bucket{le="30.0"}`];
    for (const bound of bounds) expect(await prometheus.query(bound), bound).not.toEqual([]);
    const unhealthy = async () => (await prometheus.rules()).filter(({ health }) => health !== 'ok');
    await expect.poll(unhealthy).toEqual([]);
    const objective = () => prometheus.query('slo:errors:ratio_rate5m{slo="booking-answered"}');
    await expect.poll(objective).toHaveLength(1);
  });

  it('shows how many events are unconfirmed, and for how long', async () => {
    await traced.system.processes.get('cleaning-worker')?.stop();
    await book(traced, { room_id: 6, start: '2027-02-04', end: '2027-02-06' });
    await book(traced, { room_id: 7, start: '2027-02-04', end: '2027-02-06' });
    const dispo = await settled(
      traced,
      'DISPO_INTERNAL_PORT',
      ({ sum, shared }) => shared('hotel_outbox_depth') === 2 && sum('hotel_outbox_oldest_age_seconds') > 0,
    );
    expect(dispo.sum('hotel_outbox_oldest_age_seconds')).toBeLessThan(REPLICAS * 60);
  });

  it('sends the same numbers over OTLP when configured', async () => {
    const scraped = async () => (await scrape(traced, 'DISPO_INTERNAL_PORT')).sum(requests, POST);
    expect(await scraped()).toBeGreaterThan(4);
    const missing = async () => (await scraped()) - collector.requests('dispo', 'POST', POST.http_route);
    await expect.poll(missing).toBe(0);
    expect(collector.services()).toEqual(new Set(services));
    const unknown = () => {
      const known = new Set(traced.sink.spans().map(({ traceId }) => traceId));
      const exemplars = collector.exemplars('dispo', 'http.server.request.duration');
      return exemplars.length > 0 ? exemplars.filter(({ traceId }) => !known.has(traceId)) : undefined;
    };
    await expect.poll(unknown).toEqual([]);
  });

  it('sends only metrics that the registry or the published conventions define, as they define them', () => {
    const metrics = collector.metrics();
    expect(new Set(metrics.map(({ name }) => name)).size).toBeGreaterThan(15);
    expect(metrics.flatMap(judgeMetric)).toEqual([]);
  });

  it('is never traced when it is scraped, and neither are its own reads', async () => {
    await sleep(500);
    const roots = traced.sink.spans().filter(({ parentSpanId }) => parentSpanId === undefined);
    expect(
      roots.map(({ kind, name }) => `${kind} ${name}`).filter((root) => !/^SERVER (GET|POST)\b/.test(root)),
    ).toEqual(
      // The job of the dead letter test had no trace.
      ['CONSUMER process cleaning'],
    );
    expect(JSON.stringify(traced.sink.spans().map(({ attributes }) => attributes))).not.toContain('/metrics');
  });
});

function stay(roomId: number): object {
  return { room_id: roomId, start: '2027-02-04', end: '2027-02-06' };
}

function today(): { start: string; end: string } {
  const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
  return { start: day(0), end: day(2) };
}
