// Field numbers: opentelemetry-proto v1, trace.proto, common.proto, resource.proto, trace_service.proto.
import { type Attributes, NO_ATTRIBUTES, type Origin, type Span, type SpanEvent, type SpanLink } from '../../model.ts';
import { originOf } from '../decode/origin.ts';
import type { Pool } from '../decode/pool.ts';
import { Reader } from '../decode/reader.ts';
import { AttributeList, MAX_SPANS, tooManySpans } from '../decode/values.ts';
import { NO_EVENTS, NO_LINKS, readEvent, readLink, readStatus } from './span-parts.ts';

/** Decodes an ExportTraceServiceRequest. Throws MalformedError before using any of it. */
export function readTraces(body: Buffer, pool: Pool): Span[] {
  const spans: Span[] = [];
  for (const request = new Reader(body); request.next(); ) {
    if (request.field === 1) readResourceSpans(request.message(), pool, spans);
    else request.skip();
  }
  return spans;
}

interface Described {
  attributes: Attributes;
  droppedAttributes: number;
  name: string;
  version: string;
}

const NOTHING: Described = { attributes: NO_ATTRIBUTES, droppedAttributes: 0, name: '', version: '' };

function readResourceSpans(reader: Reader, pool: Pool, into: Span[]): void {
  let resource = NOTHING;
  let resourceKey = '';
  let schemaUrl = '';
  const scopes: Reader[] = [];
  while (reader.next()) {
    switch (reader.field) {
      case 1: {
        const message = reader.message();
        resourceKey = message.raw();
        resource = readDescribed(message, pool, { attributes: 1, dropped: 2 });
        break;
      }
      case 2:
        scopes.push(reader.message());
        break;
      case 3:
        schemaUrl = reader.string();
        break;
      default:
        reader.skip();
    }
  }
  // Fields may arrive in any order, so the resource of these spans is known only now.
  for (const scope of scopes) readScopeSpans(scope, pool, { ...resource, schemaUrl }, resourceKey, into);
}

function readScopeSpans(
  reader: Reader,
  pool: Pool,
  resource: Origin['resource'],
  resourceKey: string,
  into: Span[],
): void {
  let scope = NOTHING;
  let scopeKey = '';
  let schemaUrl = '';
  const spans: Reader[] = [];
  while (reader.next()) {
    switch (reader.field) {
      case 1: {
        const message = reader.message();
        scopeKey = message.raw();
        scope = readDescribed(message, pool, { name: 1, version: 2, attributes: 3, dropped: 4 });
        break;
      }
      case 2:
        spans.push(reader.message());
        break;
      case 3:
        schemaUrl = reader.string();
        break;
      default:
        reader.skip();
    }
  }
  const origin = originOf(resource, resourceKey, { ...scope, schemaUrl }, scopeKey);
  for (const span of spans) {
    if (into.length >= MAX_SPANS) throw tooManySpans();
    into.push(readSpan(span, pool, origin));
  }
}

function readDescribed(
  reader: Reader,
  pool: Pool,
  fields: { name?: number; version?: number; attributes: number; dropped: number },
): Described {
  const list = new AttributeList();
  const described = { ...NOTHING };
  while (reader.next()) {
    if (reader.field === fields.attributes) list.read(reader, pool);
    else if (reader.field === fields.dropped) described.droppedAttributes = reader.uint32();
    else if (reader.field === fields.name) described.name = reader.string();
    else if (reader.field === fields.version) described.version = reader.string();
    else reader.skip();
  }
  described.attributes = list.done(pool);
  return described;
}

function readSpan(reader: Reader, pool: Pool, origin: Origin): Span {
  const attributes = new AttributeList();
  const events: SpanEvent[] = [];
  const links: SpanLink[] = [];
  const span: Span = {
    traceId: '',
    spanId: '',
    parentSpanId: '',
    traceState: '',
    flags: 0,
    name: '',
    kind: 0,
    startNano: 0n,
    endNano: 0n,
    attributes: NO_ATTRIBUTES,
    droppedAttributes: 0,
    events: NO_EVENTS,
    droppedEvents: 0,
    links: NO_LINKS,
    droppedLinks: 0,
    statusCode: 0,
    statusMessage: '',
    origin,
  };
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        span.traceId = reader.hex();
        break;
      case 2:
        span.spanId = reader.hex();
        break;
      case 3:
        span.traceState = pool.text(reader.string());
        break;
      case 4:
        span.parentSpanId = reader.hex();
        break;
      case 5:
        span.name = pool.text(reader.string());
        break;
      case 6:
        span.kind = reader.uint32();
        break;
      case 7:
        span.startNano = reader.fixed64();
        break;
      case 8:
        span.endNano = reader.fixed64();
        break;
      case 9:
        attributes.read(reader, pool);
        break;
      case 10:
        span.droppedAttributes = reader.uint32();
        break;
      case 11:
        events.push(readEvent(reader.message(), pool));
        break;
      case 12:
        span.droppedEvents = reader.uint32();
        break;
      case 13:
        links.push(readLink(reader.message(), pool));
        break;
      case 14:
        span.droppedLinks = reader.uint32();
        break;
      case 15:
        readStatus(reader.message(), span);
        break;
      case 16:
        span.flags = reader.fixed32();
        break;
      default:
        reader.skip();
    }
  }
  span.attributes = attributes.done(pool);
  if (events.length > 0) span.events = events;
  if (links.length > 0) span.links = links;
  return span;
}
