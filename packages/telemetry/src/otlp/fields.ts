import type { HrTime } from '@opentelemetry/api';
import { BYTES, FIXED64, type ProtobufWriter, VARINT } from './protobuf-writer.ts';

export const TRACE_ID_BYTES = 16;
export const SPAN_ID_BYTES = 8;
const NANOS = 1e9;
/** 2^64 ns after 1970, which is in 2554. */
const END_OF_TIME_SECONDS = 18_446_744_073;
const TWO_TO_16 = 0x1_0000;
const TWO_TO_32 = 0x1_0000_0000;

export function writeString(writer: ProtobufWriter, field: number, text: string): void {
  writer.tag(field, BYTES);
  writer.string(text);
}

/** @throws RangeError unless `count` is an unsigned 32-bit integer */
export function writeCount(writer: ProtobufWriter, field: number, count: number): void {
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

/**
 * Nanoseconds since 1970 in 64 bits. They exceed a number, so the product is computed in halves of 16 and 32 bits.
 * @throws RangeError for a time that does not fit
 */
export function writeTime(writer: ProtobufWriter, field: number, time: HrTime): void {
  if (!isWritableTime(time)) throw new RangeError('a time is before 1970 or after 2554');
  const [seconds, nanos] = time;
  const upper = Math.floor(seconds / TWO_TO_16) * NANOS;
  const lower = (seconds % TWO_TO_16) * NANOS + nanos;
  const low = (upper % TWO_TO_16) * TWO_TO_16 + (lower % TWO_TO_32);
  const high = Math.floor(upper / TWO_TO_16) + Math.floor(lower / TWO_TO_32) + Math.floor(low / TWO_TO_32);
  writer.tag(field, FIXED64);
  writer.fixed64(low % TWO_TO_32, high);
}
