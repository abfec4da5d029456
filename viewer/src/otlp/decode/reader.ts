/** Invalid protobuf or OTLP JSON. The message is returned to the sender. */
export class MalformedError extends Error {}

export const WIRE_VARINT = 0;
export const WIRE_FIXED64 = 1;
const WIRE_LENGTH = 2;
const WIRE_FIXED32 = 5;

/**
 * Maximum number of spans, attributes, values etc. per request. An empty one takes two bytes on the wire and a hundred
 * in memory, so without this limit 16 MiB of them would fill the heap. No exporter comes near it.
 */
const MAX_PARTS = 2_500_000;

interface Budget {
  parts: number;
}

/**
 * Reads one protobuf message field by field. Not a library, so that every read is checked against the end of its
 * message, 64-bit numbers stay exact, and no generated code is needed.
 */
export class Reader {
  private readonly buffer: Buffer;
  private position: number;
  private readonly end: number;
  private readonly budget: Budget;
  /** Number of the current field. */
  field = 0;
  wire = 0;

  constructor(buffer: Buffer, start = 0, end = buffer.length, budget: Budget = { parts: MAX_PARTS }) {
    this.buffer = buffer;
    this.position = start;
    this.end = end;
    this.budget = budget;
  }

  /** Advances to the next field; returns false at the end of the message. */
  next(): boolean {
    if (this.position >= this.end) return false;
    const tag = this.varint32();
    this.field = tag >>> 3;
    this.wire = tag & 7;
    if (this.field === 0) throw new MalformedError('field number 0');
    return true;
  }

  uint32(): number {
    this.expect(WIRE_VARINT);
    return this.varint32();
  }

  bool(): boolean {
    this.expect(WIRE_VARINT);
    return this.varint() !== 0n;
  }

  /** A signed 64-bit integer: a number if exact, otherwise a bigint. */
  int64(): number | bigint {
    this.expect(WIRE_VARINT);
    const first = this.buffer[this.position] as number;
    if (first < 0x80 && this.position < this.end) {
      this.position++;
      return first;
    }
    const value = BigInt.asIntN(64, this.varint());
    const small = Number(value);
    return Number.isSafeInteger(small) ? small : value;
  }

  fixed64(): bigint {
    this.expect(WIRE_FIXED64);
    return this.buffer.readBigUInt64LE(this.take(8));
  }

  fixed32(): number {
    this.expect(WIRE_FIXED32);
    return this.buffer.readUInt32LE(this.take(4));
  }

  double(): number {
    this.expect(WIRE_FIXED64);
    return this.buffer.readDoubleLE(this.take(8));
  }

  /** A signed 64-bit integer of fixed length, as the nearest number. */
  sfixed64(): number {
    return Number(BigInt.asIntN(64, this.fixed64()));
  }

  /** A zigzag-encoded 32-bit integer. */
  sint32(): number {
    const value = this.uint32();
    return (value >>> 1) ^ -(value & 1);
  }

  /** Appends the items of a repeated number, packed or not. */
  numbers(wire: typeof WIRE_VARINT | typeof WIRE_FIXED64, read: (reader: Reader) => number, into: number[]): void {
    if (this.wire !== WIRE_LENGTH) {
      into.push(read(this));
      return;
    }
    const items = this.message();
    items.wire = wire;
    while (items.position < items.end) {
      this.spend();
      into.push(read(items));
    }
  }

  string(): string {
    return this.bytes('utf8');
  }

  hex(): string {
    return this.bytes('hex');
  }

  base64(): string {
    return this.bytes('base64');
  }

  /** The bytes of this message as a map key. */
  raw(): string {
    return this.buffer.toString('latin1', this.position, this.end);
  }

  message(): Reader {
    this.expect(WIRE_LENGTH);
    const length = this.varint32();
    const start = this.take(length);
    this.spend();
    return new Reader(this.buffer, start, start + length, this.budget);
  }

  skip(): void {
    switch (this.wire) {
      case WIRE_VARINT:
        this.varint();
        break;
      case WIRE_FIXED64:
        this.take(8);
        break;
      case WIRE_LENGTH:
        this.take(this.varint32());
        break;
      case WIRE_FIXED32:
        this.take(4);
        break;
      default:
        throw new MalformedError(`unsupported wire type ${this.wire} in field ${this.field}`);
    }
  }

  private spend(): void {
    if (--this.budget.parts < 0) throw new MalformedError(`more than ${MAX_PARTS} parts: send smaller batches`);
  }

  private bytes(encoding: BufferEncoding): string {
    this.expect(WIRE_LENGTH);
    const length = this.varint32();
    const start = this.take(length);
    return this.buffer.toString(encoding, start, start + length);
  }

  private expect(wire: number): void {
    if (this.wire !== wire) throw new MalformedError(`field ${this.field} has wire type ${this.wire}, not ${wire}`);
  }

  private take(length: number): number {
    const start = this.position;
    if (length > this.end - start) throw new MalformedError(`field ${this.field} ends after the message`);
    this.position = start + length;
    return start;
  }

  private varint32(): number {
    const first = this.buffer[this.position] as number;
    if (first < 0x80 && this.position < this.end) {
      this.position++;
      return first;
    }
    return Number(BigInt.asUintN(32, this.varint()));
  }

  private varint(): bigint {
    let low = 0;
    let value = 0n;
    for (let index = 0; index < 10; index++) {
      const byte = this.buffer[this.take(1)] as number;
      if (index < 4) {
        low |= (byte & 0x7f) << (7 * index);
        if (byte < 0x80) return BigInt(low);
      } else {
        if (index === 4) value = BigInt(low);
        value |= BigInt(byte & 0x7f) << BigInt(7 * index);
        if (byte < 0x80) return value;
      }
    }
    throw new MalformedError(`field ${this.field} holds a number of more than 10 bytes`);
  }
}
