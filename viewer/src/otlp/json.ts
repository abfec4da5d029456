import {
  type Attributes,
  type JsonValue,
  listValue,
  mapValue,
  NO_ATTRIBUTES,
  type Span,
  type SpanEvent,
  type SpanLink,
  toJsonValue,
  type Value,
} from '../model.ts';
import { requestsIn } from './json-documents.ts';
import {
  enumNumber,
  hexId,
  integer,
  type Json,
  list,
  nano,
  object,
  SPAN_KINDS,
  STATUS_CODES,
  text,
  uint32,
} from './json-fields.ts';
import { originOf } from './origin.ts';
import type { Pool } from './pool.ts';
import { MalformedError } from './reader.ts';
import { NO_EVENTS, NO_LINKS } from './span-parts.ts';
import { AttributeList, jsonDouble, MAX_DEPTH, MAX_SPANS, tooManySpans } from './values.ts';

/** Parses ExportTraceServiceRequests in JSON: hex ids, numeric enums, unknown fields ignored. Throws MalformedError. */
export function readTracesJson(body: string, pool: Pool): Span[] {
  const spans: Span[] = [];
  for (const request of requestsIn(body)) readRequest(request, pool, spans);
  return spans;
}

function readRequest(request: Json, pool: Pool, spans: Span[]): void {
  for (const item of list(request.resourceSpans, 'resourceSpans')) {
    const resourceSpans = object(item, 'resourceSpans');
    const resource = object(resourceSpans.resource ?? {}, 'resource');
    const described = {
      attributes: attributes(resource.attributes, pool),
      droppedAttributes: uint32(resource.droppedAttributesCount, 'droppedAttributesCount'),
      schemaUrl: text(resourceSpans.schemaUrl, 'schemaUrl'),
    };
    for (const scopeItem of list(resourceSpans.scopeSpans, 'scopeSpans')) {
      const scopeSpans = object(scopeItem, 'scopeSpans');
      const scope = object(scopeSpans.scope ?? {}, 'scope');
      const scopeDescribed = {
        name: text(scope.name, 'scope.name'),
        version: text(scope.version, 'scope.version'),
        attributes: attributes(scope.attributes, pool),
        droppedAttributes: uint32(scope.droppedAttributesCount, 'droppedAttributesCount'),
        schemaUrl: text(scopeSpans.schemaUrl, 'schemaUrl'),
      };
      const origin = originOf(described, JSON.stringify(resource), scopeDescribed, JSON.stringify(scope));
      for (const span of list(scopeSpans.spans, 'spans')) {
        if (spans.length >= MAX_SPANS) throw tooManySpans();
        spans.push(readSpan(object(span, 'span'), pool, origin));
      }
    }
  }
}

function readSpan(json: Json, pool: Pool, origin: Span['origin']): Span {
  const status = object(json.status ?? {}, 'status');
  const events = list(json.events, 'events').map((event) => readEvent(object(event, 'event'), pool));
  const links = list(json.links, 'links').map((link) => readLink(object(link, 'link'), pool));
  return {
    traceId: hexId(json.traceId, 'traceId'),
    spanId: hexId(json.spanId, 'spanId'),
    parentSpanId: hexId(json.parentSpanId, 'parentSpanId'),
    traceState: pool.text(text(json.traceState, 'traceState')),
    flags: uint32(json.flags, 'flags'),
    name: pool.text(text(json.name, 'name')),
    kind: enumNumber(json.kind, SPAN_KINDS, 'kind'),
    startNano: nano(json.startTimeUnixNano, 'startTimeUnixNano'),
    endNano: nano(json.endTimeUnixNano, 'endTimeUnixNano'),
    attributes: attributes(json.attributes, pool),
    droppedAttributes: uint32(json.droppedAttributesCount, 'droppedAttributesCount'),
    events: events.length > 0 ? events : NO_EVENTS,
    droppedEvents: uint32(json.droppedEventsCount, 'droppedEventsCount'),
    links: links.length > 0 ? links : NO_LINKS,
    droppedLinks: uint32(json.droppedLinksCount, 'droppedLinksCount'),
    statusCode: enumNumber(status.code, STATUS_CODES, 'status.code'),
    statusMessage: text(status.message, 'status.message'),
    origin,
  };
}

const readEvent = (json: Json, pool: Pool): SpanEvent => ({
  timeNano: nano(json.timeUnixNano, 'timeUnixNano'),
  name: pool.text(text(json.name, 'name')),
  attributes: attributes(json.attributes, pool),
  droppedAttributes: uint32(json.droppedAttributesCount, 'droppedAttributesCount'),
});

const readLink = (json: Json, pool: Pool): SpanLink => ({
  traceId: hexId(json.traceId, 'link.traceId'),
  spanId: hexId(json.spanId, 'link.spanId'),
  traceState: text(json.traceState, 'link.traceState'),
  attributes: attributes(json.attributes, pool),
  droppedAttributes: uint32(json.droppedAttributesCount, 'droppedAttributesCount'),
  flags: uint32(json.flags, 'link.flags'),
});

function attributes(json: unknown, pool: Pool): Attributes {
  if (json === undefined) return NO_ATTRIBUTES;
  const result = new AttributeList();
  for (const item of list(json, 'attributes')) {
    const entry = object(item, 'attribute');
    result.add(pool.text(text(entry.key, 'attribute.key')), readValue(entry.value, pool, 0));
  }
  return result.done(pool);
}

function readValue(json: unknown, pool: Pool, depth: number): Value {
  if (depth > MAX_DEPTH) throw new MalformedError(`a value is nested deeper than ${MAX_DEPTH} levels`);
  const value = object(json ?? {}, 'value');
  if (value.stringValue !== undefined) return pool.text(text(value.stringValue, 'stringValue'));
  if (value.boolValue !== undefined) return value.boolValue === true;
  if (value.intValue !== undefined) {
    const int = integer(value.intValue, 'intValue');
    const small = Number(int);
    return Number.isSafeInteger(small) ? small : { intValue: String(int) };
  }
  if (value.doubleValue !== undefined) return jsonDouble(Number(value.doubleValue));
  if (value.bytesValue !== undefined) return { bytesValue: text(value.bytesValue, 'bytesValue') };
  if (value.arrayValue !== undefined) {
    const values = list(object(value.arrayValue, 'arrayValue').values, 'arrayValue.values');
    return listValue(values.map((item): JsonValue => toJsonValue(readValue(item, pool, depth + 1))));
  }
  if (value.kvlistValue !== undefined) {
    const values = list(object(value.kvlistValue, 'kvlistValue').values, 'kvlistValue.values').map((item) => {
      const entry = object(item, 'kvlistValue entry');
      return { key: text(entry.key, 'key'), value: toJsonValue(readValue(entry.value, pool, depth + 1)) };
    });
    return mapValue(values);
  }
  return {};
}
