import { z } from 'zod';

/** A span that a browser has reported, reduced to what the page's own script sends. */
export interface BrowserSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string | undefined;
  name: string;
  /** As in the API: 0 is internal, 2 client. */
  kind: 0 | 2;
  /** Nanoseconds since 1970. */
  start: bigint;
  end: bigint;
  attributes: Record<string, string | number>;
  isFailed: boolean;
  scope: { name: string; version: string };
}

/** A log event that a browser has reported. */
export interface BrowserEvent {
  name: string;
  time: bigint;
  attributes: Record<string, string | number>;
}

/** The most spans or events of a request. */
const MAX_ITEMS = 64;
/** How far a browser's time may be off: its clock, and how late it reports. */
const TOLERANCE_NS = 3_600_000_000_000n;
const MAX_TEXT = 256;

const NAMES = [
  ...['documentLoad', 'documentFetch', 'resourceFetch', 'GET', 'POST', 'PATCH', 'DELETE'],
  ...['book', 'change', 'cancel', 'check in', 'check out', 'plan again', 'finish task'],
] as const;
const SCOPES = [
  'front-desk',
  '@opentelemetry/instrumentation-document-load',
  '@opentelemetry/instrumentation-fetch',
] as const;
const VITAL = 'browser.web_vital';
const SPAN_ATTRIBUTES = new Set([
  ...['http.request.method', 'http.response.status_code', 'url.full', 'server.address', 'server.port', 'error.type'],
  ...['app.widget.id', 'hotel.booking.id', 'hotel.task.id'],
]);
const EVENT_ATTRIBUTES = new Set(
  ['name', 'value', 'delta', 'rating', 'id', 'navigation_type'].map((name) => `${VITAL}.${name}`),
);

const id = (digits: number) => z.string().regex(new RegExp(`^(?!0+$)[0-9a-f]{${digits}}$`));
const time = z.union([z.string().regex(/^\d{1,20}$/), z.int().nonnegative()]).transform((value) => BigInt(value));
const list = <Item extends z.ZodType>(item: Item) => z.array(item).max(MAX_ITEMS);
const attributesSchema = z
  .array(z.object({ key: z.string().max(MAX_TEXT), value: z.record(z.string(), z.unknown()) }))
  .max(64)
  .default([]);
const scopeSchema = z.object({ name: z.enum(SCOPES), version: z.string().regex(/^[\w.-]{1,32}$/) });

const spanSchema = z.object({
  traceId: id(32),
  spanId: id(16),
  parentSpanId: z.union([id(16), z.literal('').transform(() => undefined)]).optional(),
  name: z.enum(NAMES),
  kind: z.union([z.literal(1), z.literal(3)]),
  startTimeUnixNano: time,
  endTimeUnixNano: time,
  attributes: attributesSchema,
  status: z.object({ code: z.int().optional() }).optional(),
});
const tracesSchema = z.object({
  resourceSpans: list(z.object({ scopeSpans: list(z.object({ scope: scopeSchema, spans: list(spanSchema) })) })),
});
const eventSchema = z.object({ eventName: z.literal(VITAL), timeUnixNano: time, attributes: attributesSchema });
const logsSchema = z.object({
  resourceLogs: list(z.object({ scopeLogs: list(z.object({ logRecords: list(eventSchema) })) })),
});

/** Reads OTLP/JSON of this page's spans. Undefined if it is anything else. Resources are not read at all. */
export function spansIn(document: unknown, now: bigint): BrowserSpan[] | undefined {
  const { data } = tracesSchema.safeParse(document);
  const spans = data?.resourceSpans.flatMap(({ scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans }) => spans.map((span) => ({ scope, ...span }))),
  );
  if (!spans || spans.length > MAX_ITEMS) return undefined;
  const isPlausible = ({ startTimeUnixNano: start, endTimeUnixNano: end }: (typeof spans)[number]) =>
    start <= end && isNear(start, now) && isNear(end, now);
  if (!spans.every(isPlausible)) return undefined;
  return spans.map(({ traceId, spanId, parentSpanId, name, kind, attributes, status, scope, ...times }) => ({
    ...{ traceId, spanId, parentSpanId, name, scope, isFailed: status?.code === 2 },
    kind: kind === 3 ? 2 : 0,
    start: times.startTimeUnixNano,
    end: times.endTimeUnixNano,
    attributes: known(attributes, SPAN_ATTRIBUTES),
  }));
}

/** The same for its log events. */
export function eventsIn(document: unknown, now: bigint): BrowserEvent[] | undefined {
  const { data } = logsSchema.safeParse(document);
  const events = data?.resourceLogs.flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords));
  if (!events || events.length > MAX_ITEMS || !events.every((event) => isNear(event.timeUnixNano, now)))
    return undefined;
  return events.map(({ eventName, timeUnixNano, attributes }) => ({
    ...{ name: eventName, time: timeUnixNano },
    attributes: known(attributes, EVENT_ATTRIBUTES),
  }));
}

const isNear = (at: bigint, now: bigint) => at > now - TOLERANCE_NS && at < now + TOLERANCE_NS;

function known(attributes: z.infer<typeof attributesSchema>, names: Set<string>): Record<string, string | number> {
  const entries = attributes.flatMap(({ key, value: { stringValue, intValue, doubleValue } }) => {
    const value = typeof stringValue === 'string' ? textOf(key, stringValue) : numberOf(intValue ?? doubleValue);
    // The instrumentation of fetch sends 0 for a request without a response.
    const isNoStatus = key === 'http.response.status_code' && value === 0;
    return names.has(key) && value !== undefined && !isNoStatus ? [[key, value] as const] : [];
  });
  return Object.fromEntries(entries);
}

/** OTLP/JSON has 64-bit integers as text. Anything else has no value: `Number` itself throws for some objects. */
function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** URLs lose their query: it may hold anything. */
function textOf(key: string, text: string): string {
  return (key === 'url.full' ? text.replace(/[?#].*$/s, '') : text).slice(0, MAX_TEXT);
}
