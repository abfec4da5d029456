/** A specified variable without effect here. */
export interface IgnoredSetting {
  name: string;
  because: string;
}

const NO_FILE = 'the file is not read; set the variables instead';
const REMOVED = 'the specification has removed this exporter; Jaeger and Zipkin collectors accept OTLP';
const because = (reason: string, ...names: string[]): IgnoredSetting[] =>
  names.map((name) => ({ name, because: reason }));

export const ignoredSettings: IgnoredSetting[] = [
  ...because(NO_FILE, 'OTEL_CONFIG_FILE', 'OTEL_EXPERIMENTAL_CONFIG_FILE'),
  ...because(
    'this SDK has no entities; set OTEL_RESOURCE_ATTRIBUTES',
    'OTEL_ENTITIES',
    'OTEL_EXPERIMENTAL_ENTITIES_ENABLED',
  ),
  ...because('the conventions define the buckets', 'OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION'),
  ...because(
    'the internal listener serves `/metrics`',
    'OTEL_EXPORTER_PROMETHEUS_HOST',
    'OTEL_EXPORTER_PROMETHEUS_PORT',
  ),
  ...because(REMOVED, 'OTEL_EXPORTER_ZIPKIN_ENDPOINT', 'OTEL_EXPORTER_ZIPKIN_TIMEOUT', 'OTEL_EXPORTER_ZIPKIN_PROTOCOL'),
  ...because(
    REMOVED,
    'OTEL_EXPORTER_JAEGER_AGENT_HOST',
    'OTEL_EXPORTER_JAEGER_AGENT_PORT',
    'OTEL_EXPORTER_JAEGER_ENDPOINT',
  ),
  ...because(REMOVED, 'OTEL_EXPORTER_JAEGER_PROTOCOL', 'OTEL_EXPORTER_JAEGER_TIMEOUT'),
  ...because(REMOVED, 'OTEL_EXPORTER_JAEGER_USER', 'OTEL_EXPORTER_JAEGER_PASSWORD'),
  ...because('its name is OTEL_EXPORTER_OTLP_TRACES_INSECURE', 'OTEL_EXPORTER_OTLP_SPAN_INSECURE'),
  ...because('its name is OTEL_EXPORTER_OTLP_METRICS_INSECURE', 'OTEL_EXPORTER_OTLP_METRIC_INSECURE'),
  ...because('names follow the stable conventions', 'OTEL_SEMCONV_STABILITY_OPT_IN'),
  ...because(
    'this repository has its own adapters',
    'OTEL_NODE_ENABLED_INSTRUMENTATIONS',
    'OTEL_NODE_DISABLED_INSTRUMENTATIONS',
  ),
  ...because("the SDK's metrics are always on", 'OTEL_NODE_EXPERIMENTAL_SDK_METRICS'),
];
