// Field numbers: opentelemetry-proto v1, logs.proto and logs_service.proto.
import type { LogRecord } from '../../model-logs.ts';
import { ZEROS } from '../decode/ids.ts';
import { type Json, SEVERITY_NUMBERS } from '../decode/json-fields.ts';
import {
  type Context,
  type Decoded,
  enumeration,
  fixed32,
  id,
  keyValues,
  MessageType,
  records,
  repeated,
  text,
  time,
  uint32,
  value,
} from '../decode/message.ts';
import { Reader } from '../decode/reader.ts';
import { RESOURCE_FIELDS, SCOPE_FIELDS, toAttributes, toOrigin } from '../decode/resource.ts';

const RECORD = new MessageType({
  timeUnixNano: time(1),
  severityNumber: enumeration(2, SEVERITY_NUMBERS),
  severityText: text(3),
  body: value(5),
  attributes: keyValues(6),
  droppedAttributesCount: uint32(7),
  flags: fixed32(8),
  traceId: id(9),
  spanId: id(10),
  observedTimeUnixNano: time(11),
  eventName: text(12),
});
const SCOPE_LOGS = new MessageType({ ...SCOPE_FIELDS, logRecords: records(2, RECORD) });
const RESOURCE_LOGS = new MessageType({ ...RESOURCE_FIELDS, scopeLogs: repeated(2, SCOPE_LOGS) });
const REQUEST = new MessageType({ resourceLogs: repeated(1, RESOURCE_LOGS) });

/** Decodes an ExportLogsServiceRequest. Throws MalformedError before using any of it. */
export const readLogs = (body: Buffer, context: Context): LogRecord[] =>
  toRecords(REQUEST.fromWire(new Reader(body), context), context);

export const readLogsJson = (requests: Json[], context: Context): LogRecord[] =>
  requests.flatMap((request) => toRecords(REQUEST.fromJson(request, 'the request', context), context));

const toRecords = ({ resourceLogs }: Decoded<Shape<typeof REQUEST>>, context: Context): LogRecord[] =>
  resourceLogs.flatMap((ofResource) =>
    ofResource.scopeLogs.flatMap((ofScope) => {
      const origin = toOrigin(ofResource, ofScope, context.pool);
      return ofScope.logRecords.map((record): LogRecord => {
        const traceId = idOr('', record.traceId, 32);
        return {
          timeNano: record.timeUnixNano || record.observedTimeUnixNano,
          observedNano: record.observedTimeUnixNano,
          severityNumber: record.severityNumber,
          severityText: record.severityText,
          body: record.body,
          eventName: record.eventName,
          attributes: toAttributes(record.attributes, context.pool),
          droppedAttributes: record.droppedAttributesCount,
          flags: record.flags,
          traceId,
          // Without its trace, a span id means nothing.
          spanId: traceId === '' ? '' : idOr('', record.spanId, 16),
          origin,
        };
      });
    }),
  );

type Shape<T> = T extends MessageType<infer S> ? S : never;

/** As the specification says, a record with an invalid id belongs to no trace; it is not rejected. */
const idOr = (none: string, hex: string, length: number): string =>
  hex.length === length && /^[0-9a-f]+$/.test(hex) && !ZEROS.test(hex) ? hex : none;
