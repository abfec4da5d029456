import {
  type Attributes,
  attribute,
  durationNano,
  kindName,
  type Span,
  type SpanEvent,
  STATUS_ERROR,
  toText,
  type Value,
} from '../model.ts';
import { type Order, SORTED } from './adjust.ts';

export interface KeyValue {
  key: string;
  type: 'string' | 'bool' | 'int64' | 'float64' | 'binary';
  value: unknown;
}

interface Reference {
  refType: 'CHILD_OF' | 'FOLLOWS_FROM';
  traceID: string;
  spanID: string;
}

export interface JaegerTrace {
  traceID: string;
  spans: unknown[];
  processes: Record<string, { serviceName: string; tags: KeyValue[] }>;
  warnings: null;
}

/**
 * Jaeger's older JSON: microseconds, typed tags, one process per resource. How OTLP maps to it:
 * https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/ and the Jaeger translator of the OpenTelemetry
 * collector.
 */
export function toJaegerTrace(traceId: string, spans: Span[], order: Order = SORTED): JaegerTrace {
  const processIds = new Map<string, string>();
  const processes: JaegerTrace['processes'] = {};
  const processId = ({ origin }: Span): string => {
    const known = processIds.get(origin.resourceKey);
    if (known !== undefined) return known;
    const id = `p${processIds.size + 1}`;
    processIds.set(origin.resourceKey, id);
    const tags = toTags(order.attributes(origin.resource.attributes)).filter(({ key }) => key !== 'service.name');
    processes[id] = { serviceName: origin.service, tags };
    return id;
  };
  return {
    traceID: traceId,
    spans: spans.map((span) => ({
      traceID: span.traceId,
      spanID: span.spanId,
      operationName: span.name,
      references: references(span),
      startTime: Number(span.startNano / 1000n),
      duration: Number(durationNano(span) / 1000n),
      tags: spanTags(span, order),
      logs: order.events(span.events).map((event) => toLog(event, order)),
      processID: processId(span),
      warnings: null,
    })),
    processes,
    warnings: null,
  };
}

function spanTags(span: Span, order: Order): KeyValue[] {
  const { scope } = span.origin;
  const tags: KeyValue[] = [];
  const text = (key: string, value: string): void => {
    if (value !== '') tags.push({ key, type: 'string', value });
  };
  text('otel.scope.name', scope.name);
  text('otel.scope.version', scope.version);
  tags.push(...toTags(order.attributes(span.attributes)));
  if (span.kind !== 0) text('span.kind', kindName(span.kind));
  text('otel.status_code', ['', 'OK', 'ERROR'][span.statusCode] ?? '');
  if (span.statusCode === STATUS_ERROR) tags.push({ key: 'error', type: 'bool', value: true });
  text('otel.status_description', span.statusMessage);
  text('w3c.tracestate', span.traceState);
  return tags;
}

/** Lists the parent first. A link to the parent is not listed again; it sets the parent's reference type. */
function references(span: Span): Reference[] {
  const list: Reference[] = [];
  if (span.parentSpanId !== '') list.push({ refType: 'CHILD_OF', traceID: span.traceId, spanID: span.parentSpanId });
  for (const link of span.links) {
    const refType = attribute(link.attributes, 'opentracing.ref_type') === 'child_of' ? 'CHILD_OF' : 'FOLLOWS_FROM';
    const parent = list[0];
    if (parent !== undefined && link.traceId === span.traceId && link.spanId === span.parentSpanId) {
      parent.refType = refType;
    } else list.push({ refType, traceID: link.traceId, spanID: link.spanId });
  }
  return list;
}

function toLog(event: SpanEvent, order: Order): unknown {
  const fields = toTags(order.attributes(event.attributes));
  const named = event.name !== '' && !event.attributes.keys.includes('event');
  return {
    timestamp: Number(event.timeNano / 1000n),
    fields: named ? [{ key: 'event', type: 'string', value: event.name }, ...fields] : fields,
  };
}

const toTags = ({ keys, values }: Attributes): KeyValue[] =>
  keys.map((key, index) => ({ key, ...typed(values[index] ?? {}) }));

function typed(value: Value): Pick<KeyValue, 'type' | 'value'> {
  if (typeof value === 'string') return { type: 'string', value };
  if (typeof value === 'boolean') return { type: 'bool', value };
  if (typeof value === 'number') return { type: 'int64', value };
  if ('intValue' in value) return { type: 'int64', value: value.intValue };
  if ('doubleValue' in value) return { type: 'float64', value: value.doubleValue };
  if ('bytesValue' in value) return { type: 'binary', value: value.bytesValue };
  if ('arrayValue' in value || 'kvlistValue' in value) return { type: 'string', value: toText(value) };
  return { type: 'string', value: '' };
}
