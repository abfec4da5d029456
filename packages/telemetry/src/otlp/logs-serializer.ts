import {
  type IExportLogsServiceResponse,
  type ISerializer,
  ProtobufLogsSerializer,
} from '@opentelemetry/otlp-transformer';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { AttributeWriter, writeAnyValue } from './attributes.ts';
import { SPAN_ID_BYTES, TRACE_ID_BYTES, writeCount, writeString, writeTime } from './fields.ts';
import { BYTES, FIXED32, type ProtobufWriter } from './protobuf-writer.ts';
import { createRequestWriter } from './request.ts';

/**
 * Serializes log records as OTLP's `ExportLogsServiceRequest` in protobuf, byte for byte like the SDK's serializer, which
 * writes everything twice: once to learn the size. Throws on content that violates the types of the OpenTelemetry API;
 * `createCarefulSerializer` then takes over.
 * https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/logs/v1/logs.proto
 */
export function createLogsSerializer(): ISerializer<ReadableLogRecord[], IExportLogsServiceResponse> {
  const attributes = new AttributeWriter();
  return {
    serializeRequest: createRequestWriter(attributes, (writer, record) => writeRecord(writer, attributes, record)),
    deserializeResponse: (data) => ProtobufLogsSerializer.deserializeResponse(data),
  };
}

function writeRecord(writer: ProtobufWriter, attributes: AttributeWriter, record: ReadableLogRecord): void {
  const { severityNumber, severityText, body, eventName, spanContext } = record;
  const start = writer.begin();
  writeTime(writer, 1, record.hrTime);
  if (severityNumber) writeCount(writer, 2, severityNumber);
  if (severityText) writeString(writer, 3, severityText);
  if (body !== undefined) {
    writer.tag(5, BYTES);
    writeAnyValue(writer, body);
  }
  attributes.write(writer, record.attributes, 6);
  writeCount(writer, 7, record.droppedAttributesCount);
  if (spanContext?.traceFlags) {
    writer.tag(8, FIXED32);
    writer.fixed32(spanContext.traceFlags);
  }
  if (spanContext?.traceId) {
    writer.tag(9, BYTES);
    writer.hex(spanContext.traceId, TRACE_ID_BYTES);
  }
  if (spanContext?.spanId) {
    writer.tag(10, BYTES);
    writer.hex(spanContext.spanId, SPAN_ID_BYTES);
  }
  writeTime(writer, 11, record.hrTimeObserved);
  if (eventName) writeString(writer, 12, eventName);
  writer.end(start);
}
