import type { Link, SpanContext, SpanStatus } from '@opentelemetry/api';
import {
  type IExportTraceServiceResponse,
  type ISerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer';
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace';
import { AttributeWriter } from './attributes.ts';
import { SPAN_ID_BYTES, TRACE_ID_BYTES, writeCount, writeString, writeTime } from './fields.ts';
import { LeafSpan } from './leaf-span.ts';
import { BYTES, FIXED32, ProtobufWriter } from './protobuf-writer.ts';
import { createRequestWriter } from './request.ts';

const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x200;

/**
 * Serializes spans as OTLP's `ExportTraceServiceRequest` in protobuf, byte for byte like the SDK's serializer at a
 * quarter of its cost, which was half of the whole cost of tracing (docs/adr/008). Throws on content that violates the
 * types of the OpenTelemetry API; `createCarefulSerializer` then takes over.
 * https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
 */
export function createTraceSerializer(): ISerializer<ReadableSpan[], IExportTraceServiceResponse> {
  const attributes = new AttributeWriter();
  return {
    serializeRequest: createRequestWriter(attributes, (writer, span) => {
      if (span instanceof LeafSpan) writeLeaf(writer, attributes, span);
      else writeSpan(writer, attributes, span);
    }),
    deserializeResponse: (data) => ProtobufTraceSerializer.deserializeResponse(data),
  };
}

function writeSpan(writer: ProtobufWriter, attributes: AttributeWriter, span: ReadableSpan): void {
  const start = writer.begin();
  const context = span.spanContext();
  writeIds(writer, context);
  if (span.parentSpanContext?.spanId) {
    writer.tag(4, BYTES);
    writer.hex(span.parentSpanContext.spanId, SPAN_ID_BYTES);
  }
  writeNameAndKind(writer, span);
  writeTime(writer, 7, span.startTime);
  writeTime(writer, 8, span.endTime);
  writeContent(writer, attributes, span);
  writeFlags(writer, 16, context.traceFlags, span.parentSpanContext?.isRemote);
  writer.end(start);
}

/** The same, with the content encoded once per template and the ids copied as bytes. */
function writeLeaf(writer: ProtobufWriter, attributes: AttributeWriter, span: LeafSpan): void {
  const { template, parentSpanContext } = span;
  template.encoded ??= {
    beforeTimes: encoded((writer) => writeNameAndKind(writer, span)),
    afterTimes: encoded((writer) => writeContent(writer, attributes, span)),
  };
  const start = writer.begin();
  writer.tag(1, BYTES);
  writer.hex(parentSpanContext.traceId, TRACE_ID_BYTES);
  writer.tag(2, BYTES);
  writer.halves(span.idHigh, span.idLow);
  const state = parentSpanContext.traceState?.serialize();
  if (state) writeString(writer, 3, state);
  writer.tag(4, BYTES);
  writer.hex(parentSpanContext.spanId, SPAN_ID_BYTES);
  writer.raw(template.encoded.beforeTimes);
  writeTime(writer, 7, span.startTime);
  writeTime(writer, 8, span.endTime);
  writer.raw(template.encoded.afterTimes);
  writeFlags(writer, 16, parentSpanContext.traceFlags, false);
  writer.end(start);
}

function encoded(write: (writer: ProtobufWriter) => void): Uint8Array {
  const writer = new ProtobufWriter();
  write(writer);
  return Uint8Array.from(writer.finish());
}

function writeNameAndKind(writer: ProtobufWriter, { name, kind }: ReadableSpan): void {
  writeString(writer, 5, name);
  // OTLP counts from 1; 0 means unspecified.
  if (!Number.isInteger(kind) || kind < 0) throw new RangeError('a span kind is invalid');
  writeCount(writer, 6, kind + 1);
}

function writeContent(writer: ProtobufWriter, attributes: AttributeWriter, span: ReadableSpan): void {
  attributes.write(writer, span.attributes, 9);
  writeCount(writer, 10, span.droppedAttributesCount);
  for (const event of span.events) {
    writer.tag(11, BYTES);
    writeEvent(writer, attributes, event);
  }
  writeCount(writer, 12, span.droppedEventsCount);
  for (const link of span.links) {
    writer.tag(13, BYTES);
    writeLink(writer, attributes, link);
  }
  writeCount(writer, 14, span.droppedLinksCount);
  writeStatus(writer, 15, span.status);
}

function writeIds(writer: ProtobufWriter, { traceId, spanId, traceState }: SpanContext): void {
  writer.tag(1, BYTES);
  writer.hex(traceId, TRACE_ID_BYTES);
  writer.tag(2, BYTES);
  writer.hex(spanId, SPAN_ID_BYTES);
  const state = traceState?.serialize();
  if (state) writeString(writer, 3, state);
}

function writeEvent(writer: ProtobufWriter, attributes: AttributeWriter, event: TimedEvent): void {
  const start = writer.begin();
  writeTime(writer, 1, event.time);
  writeString(writer, 2, event.name);
  if (event.attributes) attributes.write(writer, event.attributes, 3);
  writeCount(writer, 4, event.droppedAttributesCount ?? 0);
  writer.end(start);
}

function writeLink(writer: ProtobufWriter, attributes: AttributeWriter, link: Link): void {
  const start = writer.begin();
  writeIds(writer, link.context);
  if (link.attributes) attributes.write(writer, link.attributes, 4);
  writeCount(writer, 5, link.droppedAttributesCount ?? 0);
  writeFlags(writer, 6, link.context.traceFlags, link.context.isRemote);
  writer.end(start);
}

function writeStatus(writer: ProtobufWriter, field: number, { code, message }: SpanStatus): void {
  writer.tag(field, BYTES);
  const start = writer.begin();
  if (message) writeString(writer, 2, message);
  writeCount(writer, 3, code);
  writer.end(start);
}

/** The W3C trace flags, and whether the parent (the linked span) is remote. */
function writeFlags(writer: ProtobufWriter, field: number, traceFlags: number, isRemote: boolean | undefined): void {
  writer.tag(field, FIXED32);
  writer.fixed32((traceFlags & 0xff) | HAS_IS_REMOTE | (isRemote ? IS_REMOTE : 0));
}
