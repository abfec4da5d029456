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
import { originOf } from './origin.ts';
import type { Pool } from './pool.ts';
import { MalformedError } from './reader.ts';
import { NO_EVENTS, NO_LINKS } from './span-parts.ts';
import { AttributeList, jsonDouble, MAX_DEPTH, MAX_SPANS, tooManySpans } from './values.ts';

type Json = Record<string, unknown>;

/** Reads the JSON form of an ExportTraceServiceRequest: ids in hex, enums as numbers, unknown fields ignored. */
export function readTracesJson(body: string, pool: Pool): Span[] {
  const request = object(parse(body), 'the request');
  const spans: Span[] = [];
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
  return spans;
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

const SPAN_KINDS = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'].map(
  (kind) => `SPAN_KIND_${kind}`,
);
const STATUS_CODES = ['UNSET', 'OK', 'ERROR'].map((code) => `STATUS_CODE_${code}`);

/** OTLP wants numbers; names are what other protobuf JSON writers make of them. */
function enumNumber(value: unknown, names: readonly string[], field: string): number {
  const named = typeof value === 'string' ? names.indexOf(value) : -1;
  return named >= 0 ? named : uint32(value, field);
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new MalformedError(`not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function object(value: unknown, field: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw new MalformedError(`${field} is not an object`);
}

function list(value: unknown, field: string): unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw new MalformedError(`${field} is not a list`);
}

function text(value: unknown, field: string): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  throw new MalformedError(`${field} is not text`);
}

/** Not checked further: an id that is no id rejects its span, not the whole request. */
const hexId = (value: unknown, field: string): string => text(value, field).toLowerCase();

function integer(value: unknown, field: string): bigint {
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) return BigInt(value);
  throw new MalformedError(`${field} is not an integer`);
}

function nano(value: unknown, field: string): bigint {
  if (value === undefined || value === null || value === '') return 0n;
  return BigInt.asUintN(64, integer(value, field));
}

function uint32(value: unknown, field: string): number {
  if (value === undefined || value === null) return 0;
  const int = integer(value, field);
  if (int < 0n || int > 0xffff_ffffn) throw new MalformedError(`${field} is out of range`);
  return Number(int);
}
