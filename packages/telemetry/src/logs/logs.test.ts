import { type ReceivedLog, startSink } from '@hotel/trace-test';
import { describe, expect, it } from 'vitest';
import { startCollector } from '../../test/collector.ts';
import { runProgram as run } from '../../test/program.ts';
import { SCHEMA_URL, SCOPE_NAME, SCOPE_VERSION } from '../scope.ts';

const runProgram = (env: Record<string, string>) =>
  run({ OTEL_SERVICE_NAME: 'dispo', ...env }, { program: 'logging.ts' });
const LOGS_SDK = /@opentelemetry\/sdk-logs/;
const lines = ['started at redis://[redacted]@127.0.0.1:6379', 'almost full', 'failed', 'done'];

/** A collector for traces and logs, by protocol. */
async function collectorOf(protocol: string) {
  if (protocol === 'grpc') {
    const sink = await startSink();
    return { url: sink.endpoint, logs: () => sink.logs(), [Symbol.asyncDispose]: () => sink.stop() };
  }
  const collector = await startCollector();
  return {
    url: collector.url,
    logs: () => collector.logs,
    [Symbol.asyncDispose]: () => collector[Symbol.asyncDispose](),
  };
}

describe.each(['grpc', 'http/protobuf', 'http/json'])('over %s', (protocol) => {
  it('every log line arrives as a record with the content of the line, and stdout stays as it was', async () => {
    await using collector = await collectorOf(protocol);
    const began = BigInt(Date.now()) * 1_000_000n;
    const { log, output, result } = await runProgram({
      OTEL_LOGS_EXPORTER: 'otlp',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    });
    expect(result).toEqual({ enabled: true, delivered: true, dropped: 0 });
    expect(log.map(({ msg }) => msg)).toEqual([...lines, 'closed']);
    const records = collector.logs();
    expect(records.map(({ body }) => body)).toEqual(lines);
    const [started, full, failed, done] = records as [ReceivedLog, ReceivedLog, ReceivedLog, ReceivedLog];

    expect(full).toMatchObject({ severityNumber: 13, severityText: 'warn', service: 'dispo' });
    expect(full.attributes).toEqual({
      room: '101',
      booking_id: 42,
      nested: { tags: ['a', 1] },
      authorization: '[Redacted]',
    });
    expect(full.resource).toMatchObject({ 'service.namespace': 'hotel', 'service.instance.id': expect.any(String) });
    expect(full).toMatchObject({ scope: SCOPE_NAME, scopeVersion: SCOPE_VERSION, schemaUrl: SCHEMA_URL });

    // The same ids as in the line, and those of the span with their flags.
    expect(full).toMatchObject({ traceId: log[1]?.trace_id, spanId: log[1]?.span_id, flags: 3 });
    expect(full.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(started).not.toHaveProperty('traceId');
    expect(started.flags).toBe(0);

    expect(failed).toMatchObject({ severityNumber: 17, severityText: 'error' });
    expect(failed.attributes).toEqual({
      'exception.type': 'Error',
      'exception.message': 'OOM command not allowed',
      'exception.stacktrace': expect.stringMatching(
        /^Error: OOM command not allowed\n +at .*\n\[cause\]: RangeError: no key\n +at /s,
      ),
      'error.type': 'OOM',
    });
    expect(done).toMatchObject({
      severityNumber: 9,
      eventName: 'hotel.test.done',
      attributes: { component: 'queue', 'hotel.room.number': '101' },
    });

    const times = records.map(({ timeNs }) => timeNs);
    expect(times).toEqual(times.toSorted((a, b) => Number(a - b)));
    expect(times[0]).toBeGreaterThanOrEqual(began - 50_000_000n);
    expect(records.every(({ timeNs, observedTimeNs }) => timeNs === observedTimeNs)).toBe(true);
    expect(
      JSON.stringify(records, (_, value) => (typeof value === 'bigint' ? String(value) : value)) + output,
    ).not.toContain('a-guest');
  });

  it('a collector of traces alone gets the spans, and is reported once', async () => {
    await using sink = await startSink({ signals: ['trace'] });
    await using collector = await startCollector();
    collector.missing.add('/v1/logs');
    const { log, result } = await runProgram({
      OTEL_LOGS_EXPORTER: 'otlp',
      OTEL_BLRP_MAX_EXPORT_BATCH_SIZE: '1',
      OTEL_EXPORTER_OTLP_ENDPOINT: protocol === 'grpc' ? sink.endpoint : collector.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    });
    expect(result).toEqual({ enabled: true, delivered: true, dropped: 0 });
    expect(sink.spans().length + collector.requests.filter(({ path }) => path === '/v1/traces').length).toBe(1);
    expect(log.filter(({ component }) => component === 'opentelemetry').map(({ msg }) => msg)).toEqual([
      expect.stringMatching(/^the collector does not accept logs \((12|404)\); they are on stdout only$/),
    ]);
  });
});

describe('log records', () => {
  it('have an address and a protocol of their own, even in a process without spans', async () => {
    await using sink = await startSink();
    const { result, log } = await runProgram({
      OTEL_LOGS_EXPORTER: 'otlp',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'grpc',
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: sink.endpoint,
    });
    expect(result.enabled).toBe(false);
    expect(sink.logs().map(({ body }) => body)).toEqual(lines);
    expect(log[1]).not.toHaveProperty('trace_id');
    expect(sink.logs()[1]).not.toHaveProperty('traceId');
  });

  it('are cut to the limits of OTEL_LOGRECORD_*', async () => {
    await using sink = await startSink();
    await runProgram({
      OTEL_LOGS_EXPORTER: 'otlp',
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: sink.endpoint,
      OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '1',
      OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT: '2',
      OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT: '1',
    });
    expect(sink.logs()[1]?.attributes).toEqual({ room: '10' });
  });

  it('beyond the queue are dropped, counted and reported, and remain on stdout', async () => {
    await using sink = await startSink();
    const { log } = await runProgram({
      OTEL_LOGS_EXPORTER: 'otlp',
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: sink.endpoint,
      OTEL_BLRP_MAX_QUEUE_SIZE: '1',
      OTEL_BLRP_MAX_EXPORT_BATCH_SIZE: '1',
    });
    expect(log.map(({ msg }) => msg)).toEqual(expect.arrayContaining(lines));
    const dropped = log.filter(({ msg }) => msg === 'log records were dropped');
    expect(dropped).toMatchObject([{ level: 'warn', reason: 'queue_full', dropped: 1 }]);
    expect(sink.logs().length).toBeLessThan(lines.length);
  });

  it('that no collector takes are reported, and the report is not exported', async () => {
    await using sink = await startSink();
    await sink.setMode('error');
    const { log, result } = await runProgram({
      OTEL_LOGS_EXPORTER: 'otlp',
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: sink.endpoint,
      OTEL_BLRP_MAX_EXPORT_BATCH_SIZE: '1',
    });
    expect(result.delivered).toBe(true);
    const reports = log.filter(({ component }) => component === 'opentelemetry');
    expect(new Set(reports.map(({ msg }) => msg))).toEqual(
      new Set(['log records were dropped', 'an export failed: 13 INTERNAL: the sink is set to fail']),
    );
    expect(reports).toHaveLength(2);
    expect(sink.rawBytes().includes('were dropped')).toBe(false);
  });

  it('are printed as well with OTEL_LOGS_EXPORTER=console', async () => {
    const { output, log } = await runProgram({ OTEL_LOGS_EXPORTER: 'console' });
    expect(log.map(({ msg }) => msg)).toEqual([...lines, 'closed']);
    expect(output).toContain("severityText: 'warn'");
  });
});

it.each([{}, { OTEL_LOGS_EXPORTER: 'otlp', OTEL_SDK_DISABLED: 'true' }])(
  'with %j no log record leaves the process, and the SDK for logs is not loaded',
  async (env) => {
    await using sink = await startSink();
    const options = { program: 'logging.ts', watchImports: true };
    const { loaded, log } = await run({ OTEL_EXPORTER_OTLP_ENDPOINT: sink.endpoint, ...env }, options);
    expect(log.map(({ msg }) => msg)).toEqual([...lines, 'closed']);
    expect(loaded.length).toBeGreaterThan(0);
    expect(loaded.filter((url) => LOGS_SDK.test(url))).toEqual([]);
    expect(sink.logs()).toEqual([]);
  },
);
