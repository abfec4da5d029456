import type { Attributes, AttributeValue, Span } from '../span.ts';

/**
 * The fields of OTLP that a span is read from, named and encoded as in OTLP/JSON: 64-bit integers as strings, enums as numbers,
 * bytes as base64. Every field is optional: proto3 omits defaults.
 */
export interface OtlpTraces {
  resourceSpans?: Array<{
    resource?: { attributes?: KeyValue[] };
    scopeSpans?: Array<{ scope?: { name?: string; version?: string }; spans?: OtlpSpan[]; schemaUrl?: string }>;
  }>;
}

interface OtlpSpan {
  traceId?: string;
  spanId?: string;
  parentSpanId?: string;
  traceState?: string;
  flags?: number;
  name?: string;
  /** Protobuf's JSON mapping writes enums by name. */
  kind?: number | string;
  startTimeUnixNano?: string | number;
  endTimeUnixNano?: string | number;
  attributes?: KeyValue[];
  events?: Array<{ timeUnixNano?: string | number; name?: string; attributes?: KeyValue[] }>;
  links?: Array<{ traceId?: string; spanId?: string; attributes?: KeyValue[] }>;
  status?: { code?: number | string; message?: string };
}

export interface KeyValue {
  key?: string;
  value?: AnyValue;
}

export interface AnyValue {
  stringValue?: string;
  boolValue?: boolean;
  intValue?: string | number;
  doubleValue?: number | string;
  arrayValue?: { values?: AnyValue[] };
  kvlistValue?: { values?: KeyValue[] };
  bytesValue?: string;
}

/** The specification reads unspecified (0) as INTERNAL. */
const KINDS = ['INTERNAL', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'] as const;
const STATUS = ['UNSET', 'OK', 'ERROR'] as const;

/** @param readId converts an id from its encoding (OTLP/JSON: hex; protobuf: bytes) to hex. */
export function readSpans(traces: OtlpTraces, readId: (id: string) => string): Span[] {
  return (traces.resourceSpans ?? []).flatMap(({ resource, scopeSpans = [] }) => {
    const resourceAttributes = readAttributes(resource?.attributes);
    return scopeSpans.flatMap(({ scope, spans = [], schemaUrl }) => {
      const origin: Origin = {
        resource: resourceAttributes,
        scope: scope?.name ?? '',
        ...(scope?.version ? { scopeVersion: scope.version } : {}),
        ...(schemaUrl ? { schemaUrl } : {}),
      };
      return spans.map((span) => readSpan(span, origin, readId));
    });
  });
}

/** What all spans of one scope share. */
type Origin = Pick<Span, 'resource' | 'scope' | 'scopeVersion' | 'schemaUrl'>;

function readSpan(span: OtlpSpan, origin: Origin, readId: (id: string) => string): Span {
  const service = origin.resource['service.name'];
  return {
    traceId: readId(span.traceId ?? ''),
    spanId: readId(span.spanId ?? ''),
    ...(span.parentSpanId ? { parentSpanId: readId(span.parentSpanId) } : {}),
    name: span.name ?? '',
    kind: readEnum(span.kind, KINDS, 'SPAN_KIND_') ?? 'INTERNAL',
    service: typeof service === 'string' ? service : '',
    startNs: BigInt(span.startTimeUnixNano ?? 0),
    endNs: BigInt(span.endTimeUnixNano ?? 0),
    attributes: readAttributes(span.attributes),
    status: {
      code: readEnum(span.status?.code, STATUS, 'STATUS_CODE_') ?? 'UNSET',
      ...(span.status?.message ? { message: span.status.message } : {}),
    },
    events: (span.events ?? []).map((event) => ({
      name: event.name ?? '',
      timeNs: BigInt(event.timeUnixNano ?? 0),
      attributes: readAttributes(event.attributes),
    })),
    links: (span.links ?? []).map((link) => ({
      traceId: readId(link.traceId ?? ''),
      spanId: readId(link.spanId ?? ''),
      attributes: readAttributes(link.attributes),
    })),
    ...(span.traceState ? { traceState: span.traceState } : {}),
    ...(span.flags === undefined ? {} : { flags: span.flags }),
    ...origin,
  };
}

function readEnum<T extends string>(value: number | string = 0, names: readonly T[], prefix: string): T | undefined {
  return typeof value === 'number' ? names[value] : names.find((name) => value === prefix + name);
}

export function readAttributes(list: KeyValue[] = []): Attributes {
  return Object.fromEntries(list.map(({ key = '', value }) => [key, readValue(value)]));
}

export function readValue(value: AnyValue = {}): AttributeValue {
  if (value.stringValue !== undefined) return value.stringValue;
  if (value.boolValue !== undefined) return value.boolValue;
  if (value.intValue !== undefined) return readInteger(value.intValue);
  // OTLP/JSON writes numbers that JSON lacks as strings: "NaN", "Infinity".
  if (value.doubleValue !== undefined) return Number(value.doubleValue);
  if (value.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(readValue);
  if (value.kvlistValue !== undefined) return readAttributes(value.kvlistValue.values);
  if (value.bytesValue !== undefined) return new Uint8Array(Buffer.from(value.bytesValue, 'base64'));
  return null;
}

function readInteger(value: string | number): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : BigInt(value);
}
