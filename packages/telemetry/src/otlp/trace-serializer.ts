import type { HrTime, Link, SpanContext, SpanStatus } from '@opentelemetry/api';
import type { InstrumentationScope } from '@opentelemetry/core';
import {
  type IExportTraceServiceResponse,
  type ISerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace';
import { AttributeWriter } from './attributes.ts';
import { LeafSpan } from './leaf-span.ts';
import { BYTES, FIXED32, FIXED64, ProtobufWriter, VARINT } from './protobuf-writer.ts';

const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x200;
const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;
const NANOS = 1e9;
/** 2^64 ns after 1970, which is in 2554. */
const END_OF_TIME_SECONDS = 18_446_744_073;
const TWO_TO_16 = 0x1_0000;
const TWO_TO_32 = 0x1_0000_0000;

/**
 * Serializes spans as OTLP's `ExportTraceServiceRequest` in protobuf, byte for byte like the SDK's serializer at a
 * quarter of its cost, which was half of the whole cost of tracing (docs/adr/008). Throws on content that violates the
 * types of the OpenTelemetry API; `createCarefulSerializer` then takes over.
 * https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
 */
export function createTraceSerializer(): ISerializer<ReadableSpan[], IExportTraceServiceResponse> {
  const attributes = new AttributeWriter();
  let lastSize = 0;
  return {
    serializeRequest(spans) {
      const writer = new ProtobufWriter(lastSize);
      for (const [resource, scopes] of byResourceAndScope(spans)) {
        writer.tag(1, BYTES);
        writeResourceSpans(writer, attributes, resource, scopes);
      }
      const request = writer.finish();
      lastSize = request.length;
      return request;
    },
    deserializeResponse: (data) => ProtobufTraceSerializer.deserializeResponse(data),
  };
}

type Scopes = Map<InstrumentationScope, ReadableSpan[]>;

function byResourceAndScope(spans: ReadableSpan[]): Map<Resource, Scopes> {
  const resources = new Map<Resource, Scopes>();
  for (const span of spans) {
    const scopes: Scopes = resources.get(span.resource) ?? new Map();
    if (scopes.size === 0) resources.set(span.resource, scopes);
    const known = scopes.get(span.instrumentationScope);
    if (known) known.push(span);
    else scopes.set(span.instrumentationScope, [span]);
  }
  return resources;
}

function writeResourceSpans(
  writer: ProtobufWriter,
  attributes: AttributeWriter,
  resource: Resource,
  scopes: Scopes,
): void {
  const start = writer.begin();
  writer.tag(1, BYTES);
  const resourceStart = writer.begin();
  attributes.write(writer, resource.attributes, 1);
  writeCount(writer, 2, 0);
  writer.end(resourceStart);
  for (const [scope, spans] of scopes) {
    writer.tag(2, BYTES);
    writeScopeSpans(writer, attributes, scope, spans);
  }
  if (resource.schemaUrl) writeString(writer, 3, resource.schemaUrl);
  writer.end(start);
}

function writeScopeSpans(
  writer: ProtobufWriter,
  attributes: AttributeWriter,
  scope: InstrumentationScope,
  spans: ReadableSpan[],
): void {
  const start = writer.begin();
  writer.tag(1, BYTES);
  const scopeStart = writer.begin();
  writeString(writer, 1, scope.name);
  if (scope.version) writeString(writer, 2, scope.version);
  writer.end(scopeStart);
  for (const span of spans) {
    writer.tag(2, BYTES);
    if (span instanceof LeafSpan) writeLeaf(writer, attributes, span);
    else writeSpan(writer, attributes, span);
  }
  if (scope.schemaUrl) writeString(writer, 3, scope.schemaUrl);
  writer.end(start);
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
  if (!Number.isInteger(kind) || kind < 0) throw new RangeError('a span kind is not a kind');
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

function writeString(writer: ProtobufWriter, field: number, text: string): void {
  writer.tag(field, BYTES);
  writer.string(text);
}

function writeCount(writer: ProtobufWriter, field: number, count: number): void {
  if (!Number.isInteger(count) || count < 0 || count >= TWO_TO_32) throw new RangeError('a count is not an integer');
  writer.tag(field, VARINT);
  writer.varint(count);
}

/** Whether nanoseconds since 1970 fit into an unsigned 64-bit integer. */
export function isWritableTime([seconds, nanos]: HrTime): boolean {
  if (!Number.isInteger(seconds) || !Number.isInteger(nanos)) return false;
  if (seconds < 0 || nanos < 0 || nanos >= NANOS) return false;
  return seconds < END_OF_TIME_SECONDS || (seconds === END_OF_TIME_SECONDS && nanos <= 709_551_615);
}

/** Nanoseconds since 1970 in 64 bits. They exceed a number, so the product is computed in halves of 16 and 32 bits. */
function writeTime(writer: ProtobufWriter, field: number, time: HrTime): void {
  if (!isWritableTime(time)) throw new RangeError('a time is before 1970 or after 2554');
  const [seconds, nanos] = time;
  const upper = Math.floor(seconds / TWO_TO_16) * NANOS;
  const lower = (seconds % TWO_TO_16) * NANOS + nanos;
  const low = (upper % TWO_TO_16) * TWO_TO_16 + (lower % TWO_TO_32);
  const high = Math.floor(upper / TWO_TO_16) + Math.floor(lower / TWO_TO_32) + Math.floor(low / TWO_TO_32);
  writer.tag(field, FIXED64);
  writer.fixed64(low % TWO_TO_32, high);
}
