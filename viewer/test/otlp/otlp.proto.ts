import protobuf from 'protobufjs';

/**
 * Encodes OTLP messages for the tests, independently of the viewer's own reader. Field numbers from opentelemetry-proto
 * v1.
 */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message ExportTraceServiceRequest { repeated ResourceSpans resource_spans = 1; }
  message ExportTraceServiceResponse { PartialSuccess partial_success = 1; }
  message PartialSuccess { int64 rejected_spans = 1; string error_message = 2; }
  message Status_ { int32 code = 1; string message = 2; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; string schema_url = 3; }
  message Resource { repeated KeyValue attributes = 1; uint32 dropped_attributes_count = 2; }
  message ScopeSpans { Scope scope = 1; repeated Span spans = 2; string schema_url = 3; }
  message Scope { string name = 1; string version = 2; repeated KeyValue attributes = 3; uint32 dropped_attributes_count = 4; }
  message Span {
    bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4; fixed32 flags = 16;
    string name = 5; int32 kind = 6; fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8;
    repeated KeyValue attributes = 9; uint32 dropped_attributes_count = 10;
    repeated Event events = 11; uint32 dropped_events_count = 12;
    repeated Link links = 13; uint32 dropped_links_count = 14; Status status = 15;
  }
  message Event { fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; uint32 dropped_attributes_count = 4; }
  message Link {
    bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; repeated KeyValue attributes = 4;
    uint32 dropped_attributes_count = 5; fixed32 flags = 6;
  }
  message Status { string message = 2; int32 code = 3; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue {
    oneof value {
      string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4;
      ArrayValue array_value = 5; KeyValueList kvlist_value = 6; bytes bytes_value = 7;
    }
  }
  message ArrayValue { repeated AnyValue values = 1; }
  message KeyValueList { repeated KeyValue values = 1; }
`);

const Request = root.lookupType('ExportTraceServiceRequest');
const Response = root.lookupType('ExportTraceServiceResponse');
const Status = root.lookupType('Status_');

type Json = { [key: string]: unknown };

/** Encodes OTLP JSON (hex ids, numbers and times as text) as protobuf. */
export const encodeRequest = (json: unknown): Buffer =>
  Buffer.from(Request.encode(Request.fromObject(withBytes(json) as Json)).finish());

export const decodeResponse = (body: Uint8Array): Json => Response.toObject(Response.decode(body), { longs: String });

export const decodeStatus = (body: Uint8Array): Json => Status.toObject(Status.decode(body));

function withBytes(json: unknown, key = ''): unknown {
  if (/^(traceId|spanId|parentSpanId)$/.test(key)) return Buffer.from(String(json), 'hex');
  if (key === 'bytesValue') return Buffer.from(String(json), 'base64');
  // protobufjs needs 64-bit integers beyond 2^53 as two halves.
  if (/^(intValue|.*UnixNano)$/.test(key)) {
    const bits = BigInt.asUintN(64, BigInt(String(json)));
    return { low: Number(BigInt.asIntN(32, bits)), high: Number(BigInt.asIntN(32, bits >> 32n)), unsigned: false };
  }
  if (Array.isArray(json)) return json.map((item) => withBytes(item));
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, withBytes(value, name)]));
}
