import type { Attributes } from '@opentelemetry/api';
import type { InstrumentationScope } from '@opentelemetry/core';
import {
  type DataPoint,
  DataPointType,
  type Histogram,
  type MetricData,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import { withUnitInName } from '../unit-in-name.ts';
import type { Exemplar, ExemplarsOf } from './exemplars.ts';

interface Family {
  type: 'counter' | 'gauge' | 'histogram';
  unit: string;
  description: string;
  metrics: Array<{ scope: InstrumentationScope; metric: MetricData }>;
}

/**
 * OpenMetrics 1.0 (https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md), which unlike
 * Prometheus' text format has a place for exemplars. OpenTelemetry's serializer does not write it. Names and labels are
 * the same as in its text format.
 */
export function openMetrics({ resource, scopeMetrics }: ResourceMetrics, exemplarsOf: ExemplarsOf): string {
  const lines = ['# TYPE target info', '# HELP target Target metadata', sample('target_info', resource.attributes, 1)];
  for (const [name, family] of familiesIn(scopeMetrics)) {
    const { unit, description } = family;
    lines.push(`# TYPE ${name} ${family.type}`);
    if (unit && name.endsWith(`_${unit}`)) lines.push(`# UNIT ${name} ${unit}`);
    if (description) lines.push(`# HELP ${name} ${escaped(description)}`);
    for (const { scope, metric } of family.metrics) {
      if (metric.dataPointType === DataPointType.HISTOGRAM) {
        for (const point of metric.dataPoints) lines.push(...histogram(name, point, exemplarsOf(scope, metric, point)));
      } else {
        const suffix = family.type === 'counter' ? '_total' : '';
        for (const { attributes, value } of metric.dataPoints) {
          lines.push(sample(name + suffix, attributes, value as number));
        }
      }
    }
  }
  return `${lines.join('\n')}\n# EOF\n`;
}

/** Each family once, as the format requires. Of two types under one name, the second is left out. */
function familiesIn(scopeMetrics: ResourceMetrics['scopeMetrics']): Map<string, Family> {
  const families = new Map<string, Family>();
  for (const { scope, metrics } of scopeMetrics) {
    for (const metric of metrics) {
      const type = typeOf(metric);
      const { unit, description, name: dotted } = withUnitInName(metric.descriptor);
      const name = nameOf(dotted, type);
      const family = families.get(name);
      if (!family) families.set(name, { type, unit, description, metrics: [{ scope, metric }] });
      else if (family.type === type) family.metrics.push({ scope, metric });
    }
  }
  return families;
}

function typeOf(metric: MetricData): Family['type'] {
  if (metric.dataPointType === DataPointType.HISTOGRAM) return 'histogram';
  return metric.dataPointType === DataPointType.SUM && metric.isMonotonic ? 'counter' : 'gauge';
}

/** As OpenTelemetry's serializer does; a family of counters is named without `_total`. */
function nameOf(name: string, type: Family['type']): string {
  const legal = legalName(name).replace(/^(?=\d)/, '_');
  return type === 'counter' ? legal.replace(/_total$/, '') : legal;
}

function legalName(name: string): string {
  return name.replace(/[^a-z0-9_]/gi, '_').replace(/_{2,}/g, '_');
}

function* histogram(
  name: string,
  { attributes, value: { buckets, count, sum } }: DataPoint<Histogram>,
  exemplars: ReadonlyArray<Exemplar | undefined>,
): Generator<string> {
  let cumulative = 0;
  for (const [index, inside] of buckets.counts.entries()) {
    cumulative += inside;
    const le = bound(buckets.boundaries[index]);
    yield sample(`${name}_bucket`, { ...attributes, le }, cumulative) + exemplarText(exemplars[index]);
  }
  yield sample(`${name}_count`, attributes, count);
  if (sum !== undefined) yield sample(`${name}_sum`, attributes, sum);
}

/** https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md#considerations-canonical-numbers */
function bound(boundary: number | undefined): string {
  if (boundary === undefined) return '+Inf';
  return Number.isInteger(boundary) ? `${boundary}.0` : String(boundary);
}

/** Names and ids have 63 characters; the format allows 128. */
function exemplarText(exemplar: Exemplar | undefined): string {
  if (!exemplar) return '';
  const { span, value, timeMs } = exemplar;
  const labels = span ? `trace_id="${span.traceId}",span_id="${span.spanId}"` : '';
  return ` # {${labels}} ${value} ${timeMs / 1_000}`;
}

function sample(name: string, attributes: Attributes, value: number): string {
  const labels = Object.entries(attributes).map(([key, text]) => `${legalName(key)}="${labelValue(text)}"`);
  return `${name}${labels.length > 0 ? `{${labels.join(',')}}` : ''} ${numberText(value)}`;
}

function labelValue(value: Attributes[string]): string {
  return escaped(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
}

function escaped(text: string): string {
  return text.replace(/\\/g, '\\\\').replace(/\n/g, '\\n').replace(/"/g, '\\"');
}

function numberText(value: number): string {
  return Number.isFinite(value) || Number.isNaN(value) ? String(value) : value > 0 ? '+Inf' : '-Inf';
}
