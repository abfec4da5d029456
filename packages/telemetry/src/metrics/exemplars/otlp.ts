import type { IExportMetricsServiceResponse, ISerializer } from '@opentelemetry/otlp-transformer';
import { DataPointType, type ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { BYTES, FIXED32, FIXED64, ProtobufWriter, VARINT } from '../../otlp/protobuf-writer.ts';
import type { Exemplar, ExemplarsOf } from './exemplars.ts';

type MetricsSerializer = ISerializer<ResourceMetrics, IExportMetricsServiceResponse>;

/**
 * The field numbers that lead from a request to the data points of its histograms.
 * https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/metrics/v1/metrics.proto
 */
const TO_HISTOGRAM_POINTS = [1, 2, 2, 9, 1];
const EXEMPLARS = 8;
const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;

/**
 * The SDK's serializer, with the exemplars that it does not know added to its bytes: everything else stays as the SDK
 * writes it. Metrics leave once per interval, so reading the bytes again costs next to nothing.
 */
export function withExemplars(
  serializer: MetricsSerializer,
  format: 'protobuf' | 'json',
  exemplarsOf: ExemplarsOf,
): MetricsSerializer {
  const add = format === 'json' ? addToJson : addToProtobuf;
  return {
    serializeRequest(metrics) {
      const bytes = serializer.serializeRequest(metrics);
      const exemplars = inOrder(metrics, exemplarsOf);
      return bytes && exemplars.some((found) => found.length > 0) ? add(bytes, exemplars) : bytes;
    },
    deserializeResponse: (data) => serializer.deserializeResponse(data),
  };
}

/** The exemplars of each histogram's data point, in the order in which the points are written. */
function inOrder({ scopeMetrics }: ResourceMetrics, exemplarsOf: ExemplarsOf): Exemplar[][] {
  return scopeMetrics.flatMap(({ scope, metrics }) =>
    metrics.flatMap((metric) =>
      metric.dataPointType === DataPointType.HISTOGRAM
        ? metric.dataPoints.map((point) => exemplarsOf(scope, metric, point).filter((one) => one !== undefined))
        : [],
    ),
  );
}

interface JsonRequest {
  resourceMetrics: Array<{
    scopeMetrics: Array<{ metrics: Array<{ histogram?: { dataPoints: Array<{ exemplars?: object[] }> } }> }>;
  }>;
}

function addToJson(bytes: Uint8Array, exemplars: Exemplar[][]): Uint8Array {
  const request = JSON.parse(new TextDecoder().decode(bytes)) as JsonRequest;
  const points = request.resourceMetrics
    .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics))
    .flatMap(({ histogram }) => histogram?.dataPoints ?? []);
  for (const [index, point] of points.entries()) {
    const found = exemplars[index] ?? [];
    if (found.length > 0) point.exemplars = found.map(jsonExemplar);
  }
  return new TextEncoder().encode(JSON.stringify(request));
}

function jsonExemplar({ value, timeMs, span }: Exemplar): object {
  const ids = span && { traceId: span.traceId, spanId: span.spanId };
  return { ...ids, timeUnixNano: String(nanoseconds(timeMs)), asDouble: value };
}

function addToProtobuf(bytes: Uint8Array, exemplars: Exemplar[][]): Uint8Array {
  const writer = new ProtobufWriter(2 * bytes.length);
  copy(writer, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), 0, exemplars.values());
  return writer.finish();
}

/** Copies a message at this depth of the path; at its end, the message gets the next exemplars. */
function copy(writer: ProtobufWriter, message: Buffer, depth: number, exemplars: Iterator<Exemplar[]>): void {
  for (let at = 0; at < message.length; ) {
    const [tag, content] = readVarint(message, at);
    const [size, start] = sizeOf(message, content, tag & 7);
    if (tag >>> 3 === TO_HISTOGRAM_POINTS[depth]) {
      writer.tag(tag >>> 3, BYTES);
      const begun = writer.begin();
      copy(writer, message.subarray(start, start + size), depth + 1, exemplars);
      writer.end(begun);
    } else writer.raw(message.subarray(at, start + size));
    at = start + size;
  }
  if (depth < TO_HISTOGRAM_POINTS.length) return;
  for (const exemplar of exemplars.next().value ?? []) {
    writer.tag(EXEMPLARS, BYTES);
    writeExemplar(writer, exemplar);
  }
}

function writeExemplar(writer: ProtobufWriter, { value, timeMs, span }: Exemplar): void {
  const begun = writer.begin();
  const nanos = nanoseconds(timeMs);
  writer.tag(2, FIXED64);
  writer.fixed64(Number(nanos & 0xffff_ffffn), Number(nanos >> 32n));
  writer.tag(3, FIXED64);
  writer.double(value);
  if (span) {
    writer.tag(4, BYTES);
    writer.hex(span.spanId, SPAN_ID_BYTES);
    writer.tag(5, BYTES);
    writer.hex(span.traceId, TRACE_ID_BYTES);
  }
  writer.end(begun);
}

function nanoseconds(timeMs: number): bigint {
  return BigInt(timeMs) * 1_000_000n;
}

/** @returns a field's length, and where its content begins. @throws RangeError for a wire type that OTLP does not use */
function sizeOf(message: Buffer, at: number, wireType: number): [size: number, start: number] {
  switch (wireType) {
    case VARINT:
      return [readVarint(message, at)[1] - at, at];
    case FIXED64:
      return [8, at];
    case BYTES:
      return readVarint(message, at);
    case FIXED32:
      return [4, at];
    default:
      throw new RangeError(`a metric has a field of the wire type ${wireType}`);
  }
}

/** @returns the low 32 bits of the number, and where it ends. */
function readVarint(message: Buffer, at: number): [value: number, end: number] {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = message[at++];
    if (byte === undefined) throw new RangeError('a metric ends within a number');
    if (shift < 32) value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return [value >>> 0, at];
  }
}
