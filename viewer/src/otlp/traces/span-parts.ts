import { NO_ATTRIBUTES, type Span, type SpanEvent, type SpanLink } from '../../model.ts';
import type { Pool } from '../decode/pool.ts';
import type { Reader } from '../decode/reader.ts';
import { AttributeList } from '../decode/values.ts';

/** Shared by all spans without events. */
export const NO_EVENTS: readonly SpanEvent[] = [];
export const NO_LINKS: readonly SpanLink[] = [];

export function readStatus(reader: Reader, span: Span): void {
  while (reader.next()) {
    if (reader.field === 2) span.statusMessage = reader.string();
    else if (reader.field === 3) span.statusCode = reader.uint32();
    else reader.skip();
  }
}

export function readEvent(reader: Reader, pool: Pool): SpanEvent {
  const list = new AttributeList();
  const event: SpanEvent = { timeNano: 0n, name: '', attributes: NO_ATTRIBUTES, droppedAttributes: 0 };
  while (reader.next()) {
    if (reader.field === 1) event.timeNano = reader.fixed64();
    else if (reader.field === 2) event.name = pool.text(reader.string());
    else if (reader.field === 3) list.read(reader, pool);
    else if (reader.field === 4) event.droppedAttributes = reader.uint32();
    else reader.skip();
  }
  event.attributes = list.done(pool);
  return event;
}

export function readLink(reader: Reader, pool: Pool): SpanLink {
  const list = new AttributeList();
  const link: SpanLink = {
    traceId: '',
    spanId: '',
    traceState: '',
    attributes: NO_ATTRIBUTES,
    droppedAttributes: 0,
    flags: 0,
  };
  while (reader.next()) {
    if (reader.field === 1) link.traceId = reader.hex();
    else if (reader.field === 2) link.spanId = reader.hex();
    else if (reader.field === 3) link.traceState = reader.string();
    else if (reader.field === 4) list.read(reader, pool);
    else if (reader.field === 5) link.droppedAttributes = reader.uint32();
    else if (reader.field === 6) link.flags = reader.fixed32();
    else reader.skip();
  }
  link.attributes = list.done(pool);
  return link;
}
