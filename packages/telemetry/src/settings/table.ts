import { LOG_LEVELS } from '@hotel/log';
import { PROPAGATORS } from '../propagation/http.ts';
import {
  boolean,
  endpoint,
  headers,
  integer,
  type Kind,
  listOf,
  oneOf,
  pemFile,
  ratio,
  resourceAttributes,
  text,
  timeout,
} from './kinds.ts';

/** One environment variable. `docs/telemetry-settings.md` shows the same; a test compares them. */
export interface Setting {
  name: string;
  kind: Kind;
  /** In words, for docs. */
  unset: string;
  does: string;
}

const setting = (name: string, kind: Kind, unset: string, does: string): Setting => ({ name, kind, unset, does });

export const SAMPLERS = ['always_on', 'always_off', 'traceidratio', 'probability'].flatMap((name) => [
  name,
  `parentbased_${name}`,
]);
const LARGE_QUEUE = 10_000_000;

/** The exporter's settings, for all signals and for one. */
function otlp(signal: '' | 'TRACES_' | 'METRICS_' | 'LOGS_'): Setting[] {
  const name = (what: string) => `OTEL_EXPORTER_OTLP_${signal}${what}`;
  const fallback = (general: string, what: string) => (signal ? `\`OTEL_EXPORTER_OTLP_${what}\`` : general);
  const what = { '': 'all exports', TRACES_: 'spans', METRICS_: 'metrics', LOGS_: 'log records' }[signal];
  const turnsOn = signal === '' || signal === 'TRACES_' ? '; turns spans on' : '';
  return [
    setting(
      name('PROTOCOL'),
      oneOf('grpc', 'http/protobuf', 'http/json'),
      fallback('`grpc`', 'PROTOCOL'),
      `Protocol for ${what}`,
    ),
    setting(name('ENDPOINT'), endpoint, fallback('not set: no spans', 'ENDPOINT'), `Collector for ${what}${turnsOn}`),
    setting(name('HEADERS'), headers, fallback('none', 'HEADERS'), `Headers for ${what}`),
    setting(name('TIMEOUT'), timeout, fallback('`10000`', 'TIMEOUT'), `Time limit of a request, for ${what}`),
    setting(name('COMPRESSION'), oneOf('gzip', 'none'), fallback('`none`', 'COMPRESSION'), `Compression for ${what}`),
    setting(
      name('INSECURE'),
      boolean,
      fallback('`false`', 'INSECURE'),
      `No TLS to a gRPC address without a scheme, for ${what}`,
    ),
    setting(
      name('CERTIFICATE'),
      pemFile('certificate'),
      fallback('the CAs of Node.js', 'CERTIFICATE'),
      `CA certificate for ${what}`,
    ),
    setting(
      name('CLIENT_CERTIFICATE'),
      pemFile('certificate'),
      fallback('none', 'CLIENT_CERTIFICATE'),
      `Client certificate for ${what}`,
    ),
    setting(
      name('CLIENT_KEY'),
      pemFile('key'),
      fallback('none', 'CLIENT_KEY'),
      `Key of the client certificate for ${what}`,
    ),
  ];
}

/** In the order of checking: some depend on earlier ones. */
export const settings: Setting[] = [
  setting(
    'OTEL_SDK_DISABLED',
    boolean,
    '`false`',
    'Turns spans, metrics and the export of logs off; trace context still passes through',
  ),
  setting(
    'OTEL_TRACES_EXPORTER',
    listOf('otlp', 'console', 'none'),
    '`otlp` where an endpoint is set',
    'Where spans go; turns them on',
  ),
  setting(
    'OTEL_METRICS_EXPORTER',
    listOf('otlp', 'console', 'prometheus', 'none'),
    '`none`',
    'Where metrics go in addition to `/metrics`',
  ),
  setting(
    'OTEL_LOGS_EXPORTER',
    listOf('otlp', 'console', 'none'),
    '`none`',
    'Where log records go in addition to the lines on stdout',
  ),
  ...otlp(''),
  ...otlp('TRACES_'),
  ...otlp('METRICS_'),
  ...otlp('LOGS_'),
  setting(
    'OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE',
    oneOf('cumulative', 'delta', 'lowmemory'),
    '`cumulative`',
    'Temporality of exported metrics',
  ),
  setting('OTEL_SERVICE_NAME', text, 'the process: `dispo`, `cleaning-worker`, ...', "The resource's `service.name`"),
  setting(
    'OTEL_RESOURCE_ATTRIBUTES',
    resourceAttributes,
    '`service.namespace` (`config.namespace`) and `service.version` of the nearest `package.json`, and `deployment.environment.name=development`',
    'Resource attributes; they override the defaults and what is detected',
  ),
  setting(
    'OTEL_NODE_RESOURCE_DETECTORS',
    listOf('env', 'host', 'os', 'process', 'serviceinstance', 'all', 'none'),
    '`all`',
    'Detectors of resource attributes; `env` is always read',
  ),
  setting(
    'OTEL_PROPAGATORS',
    listOf(...PROPAGATORS),
    '`tracecontext,baggage`',
    'HTTP headers that carry the context; jobs always use W3C',
  ),
  setting('OTEL_TRACES_SAMPLER', oneOf(...SAMPLERS), '`parentbased_always_on`', 'Which traces are kept'),
  setting(
    'OTEL_TRACES_SAMPLER_ARG',
    ratio,
    '`1`',
    'Share of traces that the `traceidratio` and `probability` samplers keep',
  ),
  setting('OTEL_BSP_SCHEDULE_DELAY', integer(0), '`5000`', 'Milliseconds between batches of spans'),
  setting('OTEL_BSP_EXPORT_TIMEOUT', timeout, '`30000`', 'Timeout for exporting a batch, including retries'),
  setting(
    'OTEL_BSP_MAX_QUEUE_SIZE',
    integer(1, LARGE_QUEUE),
    '`32768`',
    'Spans kept in memory; further spans are dropped and counted',
  ),
  setting(
    'OTEL_BSP_MAX_EXPORT_BATCH_SIZE',
    integer(1, LARGE_QUEUE),
    '`2048`',
    'Spans per batch, at most the size of the queue',
  ),
  setting('OTEL_BLRP_SCHEDULE_DELAY', integer(0), '`1000`', 'Milliseconds between batches of log records'),
  setting('OTEL_BLRP_EXPORT_TIMEOUT', timeout, '`30000`', 'Timeout for exporting a batch, including retries'),
  setting(
    'OTEL_BLRP_MAX_QUEUE_SIZE',
    integer(1, LARGE_QUEUE),
    '`2048`',
    'Log records kept in memory; further records are dropped and counted',
  ),
  setting(
    'OTEL_BLRP_MAX_EXPORT_BATCH_SIZE',
    integer(1, LARGE_QUEUE),
    '`512`',
    'Log records per batch, at most the size of the queue',
  ),
  setting('OTEL_METRIC_EXPORT_INTERVAL', integer(1), '`60000`', 'Milliseconds between exports of metrics'),
  setting('OTEL_METRIC_EXPORT_TIMEOUT', timeout, '`30000`', 'Timeout for exporting metrics, at most the interval'),
  setting(
    'OTEL_METRICS_EXEMPLAR_FILTER',
    oneOf('trace_based', 'always_on', 'always_off'),
    '`trace_based`',
    'Which measurements may become exemplars: those in sampled spans, all, or none',
  ),
  setting(
    'OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN',
    oneOf('logs', 'logs/dup'),
    'exceptions are span events',
    'Records exceptions as log events; `logs/dup`: in addition to span events',
  ),
  setting('OTEL_ATTRIBUTE_COUNT_LIMIT', integer(0), '`128`', 'Attributes per span or log record'),
  setting('OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', integer(1), 'no limit', 'Length of text in attributes'),
  setting('OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', integer(0), '`OTEL_ATTRIBUTE_COUNT_LIMIT`', 'Attributes per span'),
  setting(
    'OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT',
    integer(1),
    '`OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT`',
    'Length of text in attributes',
  ),
  setting('OTEL_SPAN_EVENT_COUNT_LIMIT', integer(0), '`128`', 'Events per span'),
  setting('OTEL_SPAN_LINK_COUNT_LIMIT', integer(0), '`128`', 'Links per span'),
  setting('OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT', integer(0), '`128`', 'Attributes per event'),
  setting('OTEL_LINK_ATTRIBUTE_COUNT_LIMIT', integer(0), '`128`', 'Attributes per link'),
  setting(
    'OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT',
    integer(0),
    '`OTEL_ATTRIBUTE_COUNT_LIMIT`',
    'Attributes per log record',
  ),
  setting(
    'OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT',
    integer(1),
    '`OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT`',
    'Length of text in attributes of log records',
  ),
  setting(
    'OTEL_LOG_LEVEL',
    oneOf('none', 'error', 'warn', 'info', 'debug', 'verbose', 'all'),
    '`warn`',
    "Level of OpenTelemetry's own messages in the log",
  ),
  setting('LOG_LEVEL', oneOf(...LOG_LEVELS), '`info`', 'Level of the log'),
];
