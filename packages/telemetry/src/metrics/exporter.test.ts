import { buffer } from 'node:stream/consumers';
import { startSink } from '@hotel/trace-test';
import { diag, metrics } from '@opentelemetry/api';
import { loggingErrorHandler, setGlobalErrorHandler } from '@opentelemetry/core';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { decodeMetrics } from '../../test/metrics-protobuf.ts';
import { serve } from '../../test/server.ts';
import { telemetryState } from '../setup/state.ts';
import { startMetrics } from './provider.ts';

let reports: string[];
beforeEach(() => {
  reports = [];
  const report = (...parts: unknown[]) => void reports.push(parts.join(' '));
  diag.setLogger({ error: report, warn: report, info() {}, debug() {}, verbose() {} });
  setGlobalErrorHandler(report);
});
afterEach(() => {
  diag.disable();
  metrics.disable();
  Object.assign(telemetryState, { metrics: undefined, scrape: undefined });
  setGlobalErrorHandler(loggingErrorHandler());
  vi.unstubAllEnvs();
});

/** A collector over HTTP that answers `status`. */
async function startHttp(status: number) {
  const bodies: Buffer[] = [];
  const server = await serve(async (request, response) => {
    bodies.push(await buffer(request));
    response.writeHead(status, { 'content-type': 'application/x-protobuf' }).end();
  });
  return { endpoint: server.url, bodies, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

function start(endpoint: string, protocol: string) {
  vi.stubEnv('OTEL_METRICS_EXPORTER', 'otlp');
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', endpoint);
  vi.stubEnv('OTEL_EXPORTER_OTLP_PROTOCOL', protocol);
  return startMetrics(resourceFromAttributes({ 'service.name': 'test' }), 'always_off');
}

async function push(endpoint: string, protocol: string, times: number): Promise<void> {
  const provider = await start(endpoint, protocol);
  for (let time = 0; time < times; time++) await provider.forceFlush();
  await provider.shutdown();
}

it('a collector over HTTP that does not accept metrics is asked once, and reported once', async () => {
  await using collector = await startHttp(404);
  await push(collector.endpoint, 'http/protobuf', 3);
  expect(collector.bodies).toHaveLength(1);
  expect(reports).toEqual(['the collector does not accept metrics (404); they are at /metrics only']);
});

it('a collector over gRPC that does not accept metrics is reported once', async () => {
  await using sink = await startSink({ signals: ['trace'] });
  await push(sink.endpoint, 'grpc', 3);
  expect(reports).toEqual(['the collector does not accept metrics (12); they are at /metrics only']);
});

it('a collector that fails otherwise is asked and reported each time', async () => {
  await using collector = await startHttp(400);
  await push(collector.endpoint, 'http/protobuf', 2);
  expect(collector.bodies).toHaveLength(3);
  expect(reports).toHaveLength(3);
  expect(reports[0]).toMatch(/metrics export failed.*Bad Request/);
});

it('a collector that accepts metrics gets those of the process', async () => {
  await using collector = await startHttp(200);
  await push(collector.endpoint, 'http/protobuf', 0);
  expect(collector.bodies).toHaveLength(1);
  const names = decodeMetrics(collector.bodies[0] as Buffer).map(({ name }) => name);
  expect(names).toContain('process.cpu.time');
  expect(reports).toEqual([]);
});

it.each([
  ['cumulative', [2, 3, 3]],
  ['delta', [2, 1, 0]],
])(
  'scrapes in between change nothing for a collector of %s sums, and the other way round',
  async (preference, pushed) => {
    await using collector = await startHttp(200);
    vi.stubEnv('OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE', preference);
    const provider = await start(collector.endpoint, 'http/protobuf');
    const scraped: number[] = [];
    const scrape = async () => {
      const text = (await telemetryState.scrape?.()) ?? '';
      scraped.push(Number(/^http_server_request_duration_seconds_count (\d+)$/m.exec(text)?.[1]));
    };
    const record = () => telemetryState.metrics?.httpServerDuration.record(0.1);
    record();
    await scrape();
    record();
    await provider.forceFlush();
    record();
    await scrape();
    await provider.forceFlush();
    await scrape();
    await provider.shutdown();
    expect(scraped).toEqual([1, 3, 3]);
    expect(collector.bodies.map((body) => countIn(body, 'http.server.request.duration'))).toEqual(pushed);
  },
);

/** The measurements in a histogram of a request. */
function countIn(body: Buffer, name: string): number {
  const found = decodeMetrics(body).find((metric) => metric.name === name);
  return Number(found?.histogram?.dataPoints[0]?.count ?? 0);
}
