import type { Span, SpanEvent, SpanLink } from '../../model.ts';
import {
  enumNumber,
  hexId,
  type Json,
  list,
  nano,
  object,
  SPAN_KINDS,
  STATUS_CODES,
  text,
  uint32,
} from '../decode/json-fields.ts';
import { readAttributes } from '../decode/json-values.ts';
import { originOf } from '../decode/origin.ts';
import type { Pool } from '../decode/pool.ts';
import { MAX_SPANS, tooManySpans } from '../decode/values.ts';
import { NO_EVENTS, NO_LINKS } from './span-parts.ts';

/** Reads ExportTraceServiceRequests in JSON: hex ids, numeric enums, unknown fields ignored. Throws MalformedError. */
export function readTracesJson(requests: Json[], pool: Pool): Span[] {
  const spans: Span[] = [];
  for (const request of requests) readRequest(request, pool, spans);
  return spans;
}

function readRequest(request: Json, pool: Pool, spans: Span[]): void {
  for (const item of list(request.resourceSpans, 'resourceSpans')) {
    const resourceSpans = object(item, 'resourceSpans');
    const resource = object(resourceSpans.resource ?? {}, 'resource');
    const described = {
      attributes: readAttributes(resource.attributes, pool),
      droppedAttributes: uint32(resource.droppedAttributesCount, 'droppedAttributesCount'),
      schemaUrl: text(resourceSpans.schemaUrl, 'schemaUrl'),
    };
    for (const scopeItem of list(resourceSpans.scopeSpans, 'scopeSpans')) {
      const scopeSpans = object(scopeItem, 'scopeSpans');
      const scope = object(scopeSpans.scope ?? {}, 'scope');
      const scopeDescribed = {
        name: text(scope.name, 'scope.name'),
        version: text(scope.version, 'scope.version'),
        attributes: readAttributes(scope.attributes, pool),
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
    attributes: readAttributes(json.attributes, pool),
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
  attributes: readAttributes(json.attributes, pool),
  droppedAttributes: uint32(json.droppedAttributesCount, 'droppedAttributesCount'),
});

const readLink = (json: Json, pool: Pool): SpanLink => ({
  traceId: hexId(json.traceId, 'link.traceId'),
  spanId: hexId(json.spanId, 'link.spanId'),
  traceState: text(json.traceState, 'link.traceState'),
  attributes: readAttributes(json.attributes, pool),
  droppedAttributes: uint32(json.droppedAttributesCount, 'droppedAttributesCount'),
  flags: uint32(json.flags, 'link.flags'),
});
