/** A value in OTLP JSON. Empty lists have no `values`, as in Jaeger's output. */
export type JsonValue =
  | { stringValue: string }
  | { boolValue: boolean }
  | { intValue: string }
  | { doubleValue: number | 'NaN' | 'Infinity' | '-Infinity' }
  | { bytesValue: string }
  | { arrayValue: { values?: JsonValue[] } }
  | { kvlistValue: { values?: JsonKeyValue[] } }
  | Record<string, never>;

export interface JsonKeyValue {
  key: string;
  value: JsonValue;
}

/**
 * A value as stored. Nearly all values are strings, booleans or small integers, and a bare primitive takes a third of
 * the memory. A bare number is an integer; doubles and all rarer types keep their JSON form.
 */
export type Value = string | boolean | number | JsonValue;

/** Two parallel lists: similar spans share their `keys`, so that only the values are stored per span. */
export interface Attributes {
  readonly keys: readonly string[];
  readonly values: readonly Value[];
}

export const NO_ATTRIBUTES: Attributes = { keys: [], values: [] };

export interface SpanEvent {
  timeNano: bigint;
  name: string;
  attributes: Attributes;
  droppedAttributes: number;
}

export interface SpanLink {
  traceId: string;
  spanId: string;
  traceState: string;
  attributes: Attributes;
  droppedAttributes: number;
  flags: number;
}

/** The resource and instrumentation scope of a span. Spans with equal origins share one object. */
export interface Origin {
  /** Equal for origins with equal resources. */
  resourceKey: string;
  /** Equal for equal origins. */
  key: string;
  service: string;
  resource: { attributes: Attributes; droppedAttributes: number; schemaUrl: string };
  scope: { name: string; version: string; attributes: Attributes; droppedAttributes: number; schemaUrl: string };
}

/** Ids are lower-case hex, '' if absent. Enums are OTLP's numbers. */
export interface Span {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  traceState: string;
  flags: number;
  name: string;
  kind: number;
  startNano: bigint;
  endNano: bigint;
  attributes: Attributes;
  droppedAttributes: number;
  events: readonly SpanEvent[];
  droppedEvents: number;
  links: readonly SpanLink[];
  droppedLinks: number;
  statusCode: number;
  statusMessage: string;
  origin: Origin;
}

export const STATUS_OK = 1;
export const STATUS_ERROR = 2;

export const KIND_SERVER = 2;
export const KIND_CLIENT = 3;
export const KIND_PRODUCER = 4;
export const KIND_CONSUMER = 5;

/** Indexed by OTLP's number. */
export const STATUS_NAMES = ['unset', 'ok', 'error'] as const;

/** Indexed by OTLP's number. */
export const KIND_NAMES = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;

export const kindName = (kind: number): string => KIND_NAMES[kind] ?? 'unspecified';

export const isError = (span: Span): boolean => span.statusCode === STATUS_ERROR;

/** Never negative, although a clock that jumps back can put the end before the start. */
export const durationNano = (span: Span): bigint => laterOf(span.endNano - span.startNano, 0n);

// Math.min and Math.max do not accept bigint.
export function earlierOf(a: bigint, b: bigint): bigint {
  if (a < b) return a;
  return b;
}

export function laterOf(a: bigint, b: bigint): bigint {
  if (a > b) return a;
  return b;
}

export function attribute(attributes: Attributes, key: string): Value | undefined {
  const at = attributes.keys.indexOf(key);
  return at < 0 ? undefined : attributes.values[at];
}

export const listValue = (values: JsonValue[]): JsonValue => ({ arrayValue: values.length > 0 ? { values } : {} });

export const mapValue = (values: JsonKeyValue[]): JsonValue => ({ kvlistValue: values.length > 0 ? { values } : {} });

export function toJsonValue(value: Value): JsonValue {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') return { intValue: String(value) };
  return value;
}

/** The plain JavaScript value, for readable JSON: bytes stay base64, integers beyond 2^53 stay strings. */
export function toPlain(value: Value): unknown {
  if (typeof value !== 'object') return value;
  if ('stringValue' in value) return value.stringValue;
  if ('boolValue' in value) return value.boolValue;
  if ('intValue' in value) {
    const int = Number(value.intValue);
    return Number.isSafeInteger(int) ? int : value.intValue;
  }
  if ('doubleValue' in value) return value.doubleValue;
  if ('bytesValue' in value) return value.bytesValue;
  if ('arrayValue' in value) return (value.arrayValue.values ?? []).map(toPlain);
  // The sender chooses the keys; a null prototype makes `__proto__` an ordinary one.
  if ('kvlistValue' in value) {
    const plain = Object.create(null) as Record<string, unknown>;
    for (const entry of value.kvlistValue.values ?? []) plain[entry.key] = toPlain(entry.value);
    return plain;
  }
  return null;
}

/** The text that searches compare with and pages show. */
export function toText(value: Value): string {
  if (typeof value === 'string') return value;
  const plain = toPlain(value);
  return typeof plain === 'object' ? JSON.stringify(plain) : String(plain);
}
