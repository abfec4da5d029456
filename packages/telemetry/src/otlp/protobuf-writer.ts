const SMALLEST = 512;
const TWO_TO_32 = 0x1_0000_0000;

/** The wire types that OTLP uses. https://protobuf.dev/programming-guides/encoding/#structure */
export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
export const FIXED32 = 5;

/**
 * Writes protobuf into one growing buffer, front to back. Throws on a value of the wrong type, which JavaScript callers
 * of the OpenTelemetry API can pass, instead of writing something unparsable.
 */
export class ProtobufWriter {
  private buffer: Buffer;
  private position = 0;

  /** @param expectedSize bytes, such as the size of the last message of this kind. */
  constructor(expectedSize = SMALLEST) {
    this.buffer = Buffer.allocUnsafeSlow(Math.max(expectedSize, SMALLEST));
  }

  /** The written bytes. The writer must not be used afterwards. */
  finish(): Buffer {
    return this.buffer.subarray(0, this.position);
  }

  /** Field numbers up to 15 take one byte, up to 2,047 two. */
  tag(field: number, wireType: number): void {
    this.varint((field << 3) | wireType);
  }

  /** An unsigned integer below 2^32. */
  varint(value: number): void {
    this.reserve(5);
    let rest = value >>> 0;
    while (rest > 0x7f) {
      this.buffer[this.position++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.buffer[this.position++] = rest;
  }

  /** A signed 64-bit integer; negative ones take ten bytes, as two's complement. */
  varint64(value: number): void {
    if (value >= 0 && value < TWO_TO_32) {
      this.varint(value);
      return;
    }
    this.reserve(10);
    let rest = BigInt.asUintN(64, BigInt(value));
    while (rest > 0x7fn) {
      this.buffer[this.position++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.buffer[this.position++] = Number(rest);
  }

  fixed32(value: number): void {
    this.reserve(4);
    this.position = this.buffer.writeUInt32LE(value, this.position);
  }

  /** An unsigned 64-bit integer, in halves. */
  fixed64(low: number, high: number): void {
    this.reserve(8);
    this.buffer.writeUInt32LE(low, this.position);
    this.position = this.buffer.writeUInt32LE(high, this.position + 4);
  }

  double(value: number): void {
    this.reserve(8);
    this.position = this.buffer.writeDoubleLE(value, this.position);
  }

  /** Raw bytes, without their length. */
  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.position);
    this.position += bytes.length;
  }

  bytes(bytes: Uint8Array): void {
    this.varint(bytes.length);
    this.raw(bytes);
  }

  /** An id of `size` bytes, from hexadecimal digits. */
  hex(digits: string, size: number): void {
    this.varint(size);
    this.reserve(size);
    const written = this.buffer.write(digits, this.position, 'hex');
    if (digits.length !== size * 2 || written !== size) throw new TypeError('an id is not hexadecimal');
    this.position += size;
  }

  /** An id of eight bytes, from its halves. */
  halves(high: number, low: number): void {
    this.varint(8);
    this.reserve(8);
    this.buffer.writeInt32BE(high, this.position);
    this.position = this.buffer.writeInt32BE(low, this.position + 4);
  }

  /** A string as UTF-8; a lone surrogate becomes U+FFFD. */
  string(text: string): void {
    if (typeof text !== 'string') throw new TypeError('a string field is not a string');
    const start = this.position;
    this.varint(text.length);
    this.reserve(text.length);
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) {
        this.position = start;
        this.bytes(Buffer.from(text));
        return;
      }
      this.buffer[this.position++] = code;
    }
  }

  /** Begins a nested message. @returns the argument for `end`. */
  begin(): number {
    this.reserve(1);
    return ++this.position;
  }

  /** Ends a nested message and writes its length before it: one byte is reserved, so 128 bytes and more are moved. */
  end(start: number): void {
    const length = this.position - start;
    const moved = lengthOfVarint(length) - 1;
    if (moved > 0) {
      this.reserve(moved);
      this.buffer.copyWithin(start + moved, start, this.position);
    }
    this.position = start - 1;
    this.varint(length);
    this.position += length;
  }

  private reserve(size: number): void {
    const needed = this.position + size;
    if (needed <= this.buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.buffer.length * 2));
    this.buffer.copy(larger, 0, 0, this.position);
    this.buffer = larger;
  }
}

function lengthOfVarint(value: number): number {
  let length = 1;
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) length++;
  return length;
}
