import type { Outcome } from './ingest.ts';

/** ExportTraceServiceResponse: partial_success = 1 {rejected_spans = 1, error_message = 2}. Empty when all went well. */
export function encodeResponse({ rejected, message }: Outcome): Buffer {
  if (rejected === 0) return Buffer.alloc(0);
  return field(1, Buffer.concat([Buffer.from([1 << 3]), varint(rejected), field(2, Buffer.from(message))]));
}

/** google.rpc.Status: code = 1, message = 2. The error body of OTLP over HTTP. */
export const encodeStatus = (code: number, message: string): Buffer =>
  Buffer.concat([Buffer.from([1 << 3]), varint(code), field(2, Buffer.from(message))]);

const field = (number: number, bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from([(number << 3) | 2]), varint(bytes.length), bytes]);

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 0x80);
  }
}
