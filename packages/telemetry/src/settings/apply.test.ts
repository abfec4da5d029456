import { describe, expect, it } from 'vitest';
import { applied } from '../../test/applied.ts';
import { ignoredSettings } from './ignored.ts';
import { attributesFrom } from './pairs.ts';
import { settings } from './table.ts';

/** https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ and .../protocol/exporter/, version 1.60. */
const SPECIFICATION = [
  'OTEL_SDK_DISABLED OTEL_ENTITIES OTEL_RESOURCE_ATTRIBUTES OTEL_SERVICE_NAME OTEL_LOG_LEVEL OTEL_PROPAGATORS',
  'OTEL_TRACES_SAMPLER OTEL_TRACES_SAMPLER_ARG OTEL_CONFIG_FILE OTEL_METRICS_EXEMPLAR_FILTER',
  'OTEL_BSP_SCHEDULE_DELAY OTEL_BSP_EXPORT_TIMEOUT OTEL_BSP_MAX_QUEUE_SIZE OTEL_BSP_MAX_EXPORT_BATCH_SIZE',
  'OTEL_BLRP_SCHEDULE_DELAY OTEL_BLRP_EXPORT_TIMEOUT OTEL_BLRP_MAX_QUEUE_SIZE OTEL_BLRP_MAX_EXPORT_BATCH_SIZE',
  'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT OTEL_ATTRIBUTE_COUNT_LIMIT',
  'OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT OTEL_SPAN_EVENT_COUNT_LIMIT',
  'OTEL_SPAN_LINK_COUNT_LIMIT OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT OTEL_LINK_ATTRIBUTE_COUNT_LIMIT',
  'OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT',
  'OTEL_EXPORTER_ZIPKIN_ENDPOINT OTEL_EXPORTER_ZIPKIN_TIMEOUT OTEL_EXPORTER_ZIPKIN_PROTOCOL',
  'OTEL_EXPORTER_PROMETHEUS_HOST OTEL_EXPORTER_PROMETHEUS_PORT',
  'OTEL_TRACES_EXPORTER OTEL_METRICS_EXPORTER OTEL_LOGS_EXPORTER OTEL_METRIC_EXPORT_INTERVAL OTEL_METRIC_EXPORT_TIMEOUT',
  'OTEL_EXPORTER_OTLP_SPAN_INSECURE OTEL_EXPORTER_OTLP_METRIC_INSECURE',
  'OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION',
  ...['', 'TRACES_', 'METRICS_', 'LOGS_'].flatMap((signal) =>
    'ENDPOINT INSECURE CERTIFICATE CLIENT_KEY CLIENT_CERTIFICATE HEADERS COMPRESSION TIMEOUT PROTOCOL'
      .split(' ')
      .map((what) => `OTEL_EXPORTER_OTLP_${signal}${what}`),
  ),
].flatMap((line) => line.split(' '));

it('every variable of the specification works or is reported', () => {
  const known = [...settings, ...ignoredSettings].map(({ name }) => name);
  expect(SPECIFICATION.filter((name) => !known.includes(name))).toEqual([]);
  expect(known.length).toBe(new Set(known).size);
});

describe('an invalid value', () => {
  // Any text is valid.
  it.each(settings.filter(({ name }) => name !== 'OTEL_SERVICE_NAME').map(({ name }) => name))(
    'of %s is treated as unset, and one message names the variable',
    (name) => {
      const { left, problems } = applied({ [name]: '%hush' });
      expect(left).toEqual({});
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatch(new RegExp(`^${name}: `));
      if (/ENDPOINT|HEADERS|CERTIFICATE|KEY|ATTRIBUTES$/.test(name)) expect(problems[0]).not.toContain('hush');
    },
  );

  it.each(ignoredSettings.map(({ name }) => name))('of %s has no effect, and one message explains why', (name) => {
    const { problems } = applied({ [name]: 'hush' });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name}: it has no effect: \\w+`));
    expect(problems[0]).not.toContain('hush');
  });

  it('is shown only if it is short', () => {
    expect(applied({ OTEL_TRACES_SAMPLER: 'x'.repeat(1_000) }).problems[0]?.length).toBeLessThan(300);
  });
});

describe('the value', () => {
  it.each<[string, string, string | undefined, RegExp | undefined]>([
    // name, value, resulting value, message
    ['OTEL_SDK_DISABLED', ' TRUE ', 'true', undefined],
    ['OTEL_SDK_DISABLED', '1', undefined, /"1" is not one of true, false; it is treated as unset$/],
    ['OTEL_TRACES_EXPORTER', 'otlp, Console', 'otlp,console', undefined],
    [
      'OTEL_TRACES_EXPORTER',
      'otlp,zipkin,jaeger',
      'otlp',
      /"zipkin" is not one of otlp, console, none; it is ignored$/,
    ],
    ['OTEL_TRACES_EXPORTER', 'otlp,none', 'none', /with none, the rest of the list has no effect$/],
    ['OTEL_METRICS_EXPORTER', 'prometheus', 'prometheus', undefined],
    [
      'OTEL_PROPAGATORS',
      'xray',
      undefined,
      /"xray" is not one of tracecontext, baggage, b3, b3multi, none; it is ignored$/,
    ],
    ['OTEL_PROPAGATORS', 'b3,tracecontext,b3', 'b3,tracecontext', undefined],
    ['OTEL_TRACES_SAMPLER', 'Always_On', 'always_on', undefined],
    ['OTEL_TRACES_SAMPLER', 'jaeger_remote', undefined, /"jaeger_remote" is not one of/],
    ['OTEL_LOG_LEVEL', 'DEBUG', 'debug', undefined],
    ['LOG_LEVEL', 'bogus', undefined, /"bogus" is not one of trace, debug, info, warn, error, fatal, silent/],
    ['LOG_LEVEL', 'WARN', 'warn', undefined],
    ['OTEL_BSP_MAX_EXPORT_BATCH_SIZE', '0', undefined, /"0" is not a whole number from 1/],
    ['OTEL_BSP_MAX_QUEUE_SIZE', '1e3', undefined, /"1e3" is not a whole number/],
    ['OTEL_BSP_MAX_QUEUE_SIZE', '-1', undefined, /"-1" is not a whole number/],
    ['OTEL_BSP_SCHEDULE_DELAY', '0', '0', undefined],
    ['OTEL_BSP_SCHEDULE_DELAY', '99999999999', undefined, /is not a whole number from 0 to 2147483647/],
    ['OTEL_BSP_SCHEDULE_DELAY', '5s', undefined, /"5s" is not a whole number/],
    ['OTEL_BSP_EXPORT_TIMEOUT', '0', '2147483647', undefined],
    ['OTEL_EXPORTER_OTLP_TIMEOUT', '-5', undefined, /"-5" is not a whole number/],
    ['OTEL_METRIC_EXPORT_TIMEOUT', '0', '2147483647', undefined],
    ['OTEL_METRIC_EXPORT_TIMEOUT', '90000', '60000', /longer than the interval/],
    ['OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', '0', undefined, /"0" is not a whole number from 1/],
    ['OTEL_SPAN_EVENT_COUNT_LIMIT', '0', '0', undefined],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'HTTP/JSON', 'http/json', undefined],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'udp', undefined, /"udp" is not one of grpc, http\/protobuf, http\/json/],
    ['OTEL_EXPORTER_OTLP_COMPRESSION', 'zstd', undefined, /"zstd" is not one of gzip, none/],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', ' https://collector:4317/ ', 'https://collector:4317/', undefined],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4317', 'collector:4317', /it has no scheme, so TLS is used/],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', '[::1]:4317', '[::1]:4317', /it has no scheme, so TLS is used/],
    ['OTEL_COLLECTOR_SERVICE_HOST', '10.0.0.1', '10.0.0.1', undefined],
    ['OTEL_COLLECTOR_SERVICE_PORT_GRPC', '4317', '4317', undefined],
    ['OTEL_COLLECTOR_PORT_4317_TCP_ADDR', '10.0.0.1', '10.0.0.1', undefined],
    ['OTEL_COLLECTOR_PORT', 'tcp://10.0.0.1:4317', 'tcp://10.0.0.1:4317', undefined],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'unix:///run/otel.sock', 'unix:///run/otel.sock', undefined],
    [
      'OTEL_EXPORTER_OTLP_ENDPOINT',
      'collector',
      undefined,
      /its value is not a URL like http:\/\/localhost:4317; it is treated/,
    ],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://', undefined, /is not a URL/],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://collector:99999', undefined, /is not a URL/],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'ftp://collector', undefined, /is not a URL/],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://col\nlector', undefined, /is not a URL/],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://collector/a b', undefined, /is not a URL/],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:99999', undefined, /is not a URL/],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:0', undefined, /is not a URL/],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', '[::::]:4317', undefined, /is not a URL/],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'unix://otel.sock', undefined, /is not a URL/],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://collector/?key=hush', undefined, /has a query or a fragment/],
    ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'http://collector/?key=hush', 'http://collector/?key=hush', undefined],
    ['OTEL_EXPORTER_OTLP_CERTIFICATE', '/dev/zero', undefined, /is not the path of a file/],
    [
      'OTEL_EXPORTER_OTLP_ENDPOINT',
      'http://me:hush@c:4317',
      'http://me:hush@c:4317',
      /are not sent over gRPC; use OTEL_EXPORTER_OTLP_HEADERS$/,
    ],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'api-key=hush, other = %20x ', 'api-key=hush,other=%20x', undefined],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'authorization=Basic aHVzaA==', 'authorization=Basic%20aHVzaA%3D%3D', undefined],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'a=hu;sh', 'a=hu%3Bsh', undefined],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'a=1,b=hu\nsh,c=3', 'a=1,c=3', /: entry 2 has characters that a header cannot have/],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'b=hush%0D%0Ax: y', undefined, /: entry 1 has characters/],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'b=hüsh', undefined, /: entry 1 has characters/],
    [
      'OTEL_EXPORTER_OTLP_HEADERS',
      'hush',
      undefined,
      /: entry 1 is not a pair like key=value, percent-encoded; it is ignored$/,
    ],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'a=%ZZhush', undefined, /: entry 1 is not a pair/],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'hush key=1', undefined, /: entry 1 has a name that a header cannot have/],
    [
      'OTEL_EXPORTER_OTLP_HEADERS',
      'Content-Length=5,a=1',
      'a=1',
      /: entry 1 has a name that belongs to the connection/,
    ],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'token-bin=hush', undefined, /: entry 1 has a name/],
    ['OTEL_RESOURCE_ATTRIBUTES', 'a=1,,b=x%2Cy', 'a=1,b=x%2Cy', undefined],
    ['OTEL_RESOURCE_ATTRIBUTES', 'a=1,broken,c=3', 'a=1,c=3', /: entry 2 is not a pair/],
    ['OTEL_RESOURCE_ATTRIBUTES', 'a=1,b=%E4,c=3', 'a=1,c=3', /: entry 2 is not a pair/],
    ['OTEL_RESOURCE_ATTRIBUTES', 'a=1,b=x=y', 'a=1', /: entry 2 has a second equal sign, which is written %3D/],
    ['OTEL_RESOURCE_ATTRIBUTES', `a=${'x'.repeat(300)}`, `a=${'x'.repeat(300)}`, undefined],
    [
      'OTEL_EXPORTER_OTLP_CERTIFICATE',
      '/no/such/hush',
      undefined,
      /its file cannot be read \(ENOENT\); it is treated as unset$/,
    ],
    ['OTEL_EXPORTER_OTLP_CERTIFICATE', '/dev', undefined, /is not the path of a file/],
    ['OTEL_LOGS_EXPORTER', 'none', 'none', undefined],
    ['OTEL_LOGS_EXPORTER', 'OTLP, fax', 'otlp', /"fax" is not one of otlp, console, none; it is ignored/],
    ['OTEL_NODE_RESOURCE_DETECTORS', 'host,gcp', 'host', /"gcp" is not one of env, host/],
    ['OTEL_SERVICE_NAME', '   ', undefined, undefined],
    ['OTEL_EXPORTER_OTLP_ENDPIONT', 'hush', 'hush', /it is unknown and has no effect$/],
    ['OTEL_POD_IP', '10.0.0.1', '10.0.0.1', undefined],
    ['OTEL_RESOURCE_ATTRIBUTES_NODE_NAME', 'node-1', 'node-1', undefined],
    ['HOTEL_ANYTHING', 'x', 'x', undefined],
  ])('%s=%j is %j', (name, value, left, expected) => {
    const { left: env, problems } = applied({ [name]: value });
    expect(env[name]).toBe(left);
    if (expected) for (const problem of problems) expect(problem).toMatch(/^[A-Z_]+: /);
    if (expected)
      expect(
        problems.some((problem) => problem.startsWith(`${name}: `) && expected.test(problem)),
        problems.join(),
      ).toBe(true);
    else expect(problems).toEqual([]);
    expect(problems.join()).not.toMatch(/hush|hu\s?sh|hüsh/);
  });

  it.each([
    ['collector:4318', / \(http:\/\/ or https:\/\/ is missing\)/],
    ['unix:///run/otel.sock', /is not a URL/],
  ])('%s is not an address for OTLP over HTTP', (value, expected) => {
    const env = { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: value };
    expect(applied(env).problems).toEqual([expect.stringMatching(expected)]);
  });

  it('of a gRPC address may omit the scheme if OTEL_EXPORTER_OTLP_INSECURE is set', () => {
    const address = { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317' };
    expect(applied({ ...address, OTEL_EXPORTER_OTLP_INSECURE: 'true' }).problems).toEqual([]);
    expect(applied({ ...address, OTEL_EXPORTER_OTLP_INSECURE: 'false' }).problems).toEqual([]);
  });

  it('of a header may be valid for HTTP but not for gRPC', () => {
    const env = { OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-bin=1,a!b=2' };
    expect(applied(env).left).toEqual({});
    expect(applied({ ...env, OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json' }).problems).toEqual([]);
  });
});

describe('individually valid values', () => {
  it('that contradict each other are reported: a batch larger than the queue', () => {
    const { left, problems } = applied({ OTEL_BSP_MAX_QUEUE_SIZE: '100', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '500' });
    expect(left.OTEL_BSP_MAX_EXPORT_BATCH_SIZE).toBe('100');
    expect(problems).toEqual([
      'OTEL_BSP_MAX_EXPORT_BATCH_SIZE: a batch of 500 spans is larger than the queue; 100 is used',
    ]);
    expect(applied({ OTEL_BLRP_MAX_EXPORT_BATCH_SIZE: '4096' })).toEqual({
      left: { OTEL_BLRP_MAX_EXPORT_BATCH_SIZE: '2048' },
      problems: ['OTEL_BLRP_MAX_EXPORT_BATCH_SIZE: a batch of 4096 log records is larger than the queue; 2048 is used'],
    });
  });

  it('without effect are reported: a ratio for a sampler that has none', () => {
    const arg = { OTEL_TRACES_SAMPLER_ARG: '0.5' };
    expect(applied(arg).problems).toEqual([expect.stringMatching(/^OTEL_TRACES_SAMPLER_ARG: it has no effect/)]);
    for (const name of ['parentbased_traceidratio', 'probability']) {
      expect(applied({ ...arg, OTEL_TRACES_SAMPLER: name }).problems).toEqual([]);
    }
  });

  it('without effect are reported: exceptions in logs that are not exported', () => {
    const optIn = { OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN: 'logs' };
    expect(applied(optIn)).toEqual({
      left: {},
      problems: [
        'OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN: exceptions remain span events, because OTEL_LOGS_EXPORTER exports no logs',
      ],
    });
    expect(applied({ ...optIn, OTEL_LOGS_EXPORTER: 'otlp' }).problems).toEqual([]);
  });
});

it('resource attributes are parsed the way they were validated', () => {
  const { left } = applied({ OTEL_RESOURCE_ATTRIBUTES: 'service.name=a%2Cb, broken ,host.name = n%3D1' });
  expect(attributesFrom(left.OTEL_RESOURCE_ATTRIBUTES)).toEqual({ 'service.name': 'a,b', 'host.name': 'n=1' });
  expect(attributesFrom(undefined)).toEqual({});
});
