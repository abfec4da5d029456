import type { MetricData } from '@opentelemetry/sdk-metrics';

/** The same suffixes as Prometheus' OTLP receiver, so that dashboards fit metrics from either path. */
const SUFFIXES: Record<string, string> = { s: 'seconds', By: 'bytes' };

/** https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#metric-metadata-1, which the SDK's serializer leaves out. */
export function withUnitInName(descriptor: MetricData['descriptor']): MetricData['descriptor'] {
  const unit = SUFFIXES[descriptor.unit];
  return unit ? { ...descriptor, name: `${descriptor.name}.${unit}`, unit } : descriptor;
}
