import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Collector, startCollector } from '../test/collector.ts';
import { type Outcome, runProgram } from '../test/program.ts';
import { serveAndRemember } from '../test/server.ts';

let collector: Collector;
beforeEach(async () => {
  collector = await startCollector();
});
afterEach(() => collector[Symbol.asyncDispose]());

const SDK = /@opentelemetry\/(sdk-|exporter-|instrumentation|resources)/;
/** Tracing only; metrics work without these. */
const SDK_OF_SPANS = /@opentelemetry\/(sdk-node|sdk-trace|exporter-trace|instrumentation)/;
const traceId = '0af7651916cd43dd8448eb211c80319c';
const toCollector = () => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
});

describe('a process without an endpoint', () => {
  it('works, and loads no tracing SDK', async () => {
    const { result, loaded, log } = await runProgram({}, { watchImports: true });
    expect(result).toEqual({ enabled: false, delivered: true, dropped: 0 });
    expect(loaded.filter((url) => url.endsWith('/register.ts'))).toHaveLength(1);
    expect(loaded.filter((url) => SDK_OF_SPANS.test(url))).toEqual([]);
    expect(log.map(({ msg }) => msg)).toEqual(['outside', 'inside']);
    expect(log.some((line) => 'trace_id' in line)).toBe(false);
  });

  it('loads no SDK at all with OTEL_SDK_DISABLED=true, whatever else is set', async () => {
    const env = { ...toCollector(), OTEL_TRACES_EXPORTER: 'otlp,console', OTEL_SDK_DISABLED: 'true' };
    const { result, loaded } = await runProgram(env, { watchImports: true });
    expect(result.enabled).toBe(false);
    expect(loaded.filter((url) => SDK.test(url))).toEqual([]);
    expect(collector.requests).toEqual([]);
  });
});

describe('invalid settings', () => {
  const secret = 'hush-hush';
  const wrong = {
    OTEL_EXPORTER_OTLP_HEADERS: `fine=1,api-key=${secret}\nx,${secret}`,
    OTEL_RESOURCE_ATTRIBUTES: 'service.name=named,broken,host.name=node-7',
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '0',
    OTEL_BSP_MAX_QUEUE_SIZE: 'many',
    OTEL_EXPORTER_OTLP_TIMEOUT: '0.5',
    OTEL_EXPORTER_OTLP_CERTIFICATE: `/${secret}`,
    OTEL_EXPORTER_OTLP_COMPRESSION: 'zstd',
    OTEL_METRIC_EXPORT_INTERVAL: '0',
    OTEL_TRACES_SAMPLER: 'sometimes',
    OTEL_PROPAGATORS: 'tracecontext,pigeon',
    OTEL_LOG_LEVEL: 'loud',
    LOG_LEVEL: 'bogus',
    OTEL_CONFIG_FILE: `/${secret}.yaml`,
    OTEL_BLRP_SCHEDULE_DELAY: 'soon',
    OTEL_ENTITIES: secret,
  };
  const named = (log: Outcome['log']) =>
    log.filter(({ level }) => level === 'warn').map(({ msg }) => msg.split(':')[0]);

  it('are each reported once without secrets, while spans still arrive and the process ends', async () => {
    const { result, log, output } = await runProgram({ ...wrong, ...toCollector(), OTEL_METRICS_EXPORTER: 'otlp,fax' });
    expect(result).toEqual({ enabled: true, delivered: true, dropped: 0 });
    // The headers have two invalid entries.
    expect(named(log).toSorted()).toEqual(
      [...Object.keys(wrong), 'OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_METRICS_EXPORTER'].toSorted(),
    );
    expect(output).not.toContain(secret);
    expect(log.map(({ msg }) => msg)).toEqual(expect.arrayContaining(['outside', 'inside']));
    expect(collector.spans).toHaveLength(1);
    expect(collector.requests.map(({ headers }) => headers.fine)).toEqual(['1', '1']);
    expect(collector.resource).toMatchObject({ 'service.name': 'named', 'host.name': 'node-7' });
  });

  it.each([
    ['OTEL_EXPORTER_OTLP_HEADERS', `api-key=${secret}%0A`],
    ['OTEL_EXPORTER_OTLP_HEADERS', `api-key=${secret}-ü`],
    ['OTEL_EXPORTER_OTLP_TRACES_HEADERS', `api-key-bin=${secret}`],
  ])('do not stop a process that exports over gRPC: %s=%j', async (name, value) => {
    const { log, output, result } = await runProgram({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_TIMEOUT: '100',
      [name]: value,
    });
    expect(result.enabled).toBe(true);
    expect(named(log)).toContain(name);
    expect(output).not.toContain(secret);
  });

  it('are reported when they leave a process without an address for its spans', async () => {
    const { log, output, result } = await runProgram({
      OTEL_EXPORTER_OTLP_ENDPOINT: `me:${secret}@collector:4318`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    });
    expect(result).toEqual({ enabled: false, delivered: true, dropped: 0 });
    expect(named(log)).toEqual(['OTEL_EXPORTER_OTLP_ENDPOINT']);
    expect(output).not.toContain(secret);
  });
});

describe('a process with an endpoint', () => {
  it('exports its spans before it ends, identifies itself, and logs trace ids', async () => {
    const env = { ...toCollector(), OTEL_SERVICE_NAME: 'dispo' };
    const { result, log, loaded } = await runProgram(env, { watchImports: true });
    expect(result).toEqual({ enabled: true, delivered: true, dropped: 0 });
    expect(loaded.some((url) => SDK_OF_SPANS.test(url))).toBe(true);
    expect(collector.requests.map(({ path }) => path)).toEqual(['/v1/traces']);
    expect(collector.spans.map(({ name }) => name)).toEqual(['process cleaning']);
    expect(collector.resource).toMatchObject({
      'service.name': 'dispo',
      'service.namespace': 'hotel',
      'service.instance.id': expect.any(String),
      'host.name': expect.any(String),
      'process.pid': expect.anything(),
    });
    // Detecting these would need the network.
    expect(Object.keys(collector.resource).filter((key) => key.startsWith('cloud.'))).toEqual([]);

    const [outside, inside] = log;
    expect(outside).toMatchObject({ level: 'info', service: 'dispo', msg: 'outside', authorization: '[Redacted]' });
    expect(outside).not.toHaveProperty('trace_id');
    const [span] = collector.spans;
    expect(inside).toMatchObject({ msg: 'inside', trace_id: span?.traceId, span_id: span?.spanId });
  });

  it("continues its caller's trace with the random flag, and lets OTEL_RESOURCE_ATTRIBUTES override", async () => {
    await using callee = await serveAndRemember();
    await runProgram({
      ...toCollector(),
      CALLEE: callee.url,
      CALLER_TRACEPARENT: `00-${traceId}-b7ad6b7169203331-03`,
      OTEL_RESOURCE_ATTRIBUTES: 'service.namespace=motel,deployment.environment.name=test',
    });
    expect(callee.asked[0]?.traceparent).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-03$`));
    expect(collector.spans.map((span) => span.traceId)).toEqual([traceId, traceId]);
    expect(collector.resource).toMatchObject({
      'service.namespace': 'motel',
      'deployment.environment.name': 'test',
    });
  });

  it('uses OTEL_PROPAGATORS over HTTP, and W3C in messages regardless', async () => {
    await using callee = await serveAndRemember();
    await runProgram({
      ...toCollector(),
      CALLEE: callee.url,
      CALLER_TRACEPARENT: `00-${traceId}-b7ad6b7169203331-01`,
      OTEL_PROPAGATORS: 'b3',
    });
    expect(callee.asked[0]?.b3).toMatch(new RegExp(`^${traceId}-[0-9a-f]{16}-1$`));
    expect(callee.asked[0]).not.toHaveProperty('traceparent');
  });

  it('exports protobuf with OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf', async () => {
    await runProgram({ ...toCollector(), OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' });
    expect(collector.requests.map(({ headers }) => headers['content-type'])).toEqual(['application/x-protobuf']);
  });

  it('samples according to OTEL_TRACES_SAMPLER', async () => {
    const { log, result } = await runProgram({ ...toCollector(), OTEL_TRACES_SAMPLER: 'always_off' });
    expect(result).toEqual({ enabled: true, delivered: true, dropped: 0 });
    expect(collector.requests).toEqual([]);
    expect(log[1]?.trace_id).toMatch(/^[0-9a-f]{32}$/);
  });

  it('also prints its spans with OTEL_TRACES_EXPORTER=otlp,console, and reports an unknown exporter', async () => {
    const { output, log } = await runProgram({ ...toCollector(), OTEL_TRACES_EXPORTER: 'otlp,console,zipkin' });
    expect(collector.spans).toHaveLength(1);
    expect(output).toContain("name: 'process cleaning'");
    expect(log.find(({ level }) => level === 'warn')?.msg).toMatch(/OTEL_TRACES_EXPORTER: "zipkin".*otlp, console/);
  });
});

it('counts spans that a collector rejects, and logs the reason without a trace id', async () => {
  collector.answer = { partialSuccess: { rejectedSpans: '1', errorMessage: 'the tenant is over its limit' } };
  const { result, log } = await runProgram(toCollector());
  expect(result).toEqual({ enabled: true, delivered: true, dropped: 1 });
  const warnings = log.filter(({ level }) => level === 'warn');
  expect(warnings).toMatchObject([
    { msg: 'spans were dropped', reason: 'rejected', dropped: 1, detail: 'the tenant is over its limit' },
  ]);
  expect(warnings[0]).not.toHaveProperty('trace_id');
});

it('counts and logs spans that no collector accepts, each once', async () => {
  const gone = await startCollector();
  await gone[Symbol.asyncDispose]();
  const { result, log } = await runProgram({
    ...toCollector(),
    OTEL_EXPORTER_OTLP_ENDPOINT: gone.url,
    OTEL_EXPORTER_OTLP_TIMEOUT: '100',
  });
  expect(result).toEqual({ enabled: true, delivered: false, dropped: 1 });
  expect(log.filter(({ level }) => level === 'warn')).toMatchObject([{ msg: 'spans were dropped' }]);
});
