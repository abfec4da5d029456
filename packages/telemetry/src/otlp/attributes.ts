import type { Attributes } from '@opentelemetry/api';
import { BYTES, FIXED64, ProtobufWriter, VARINT } from './protobuf-writer.ts';

/** An attribute with more values than this is not worth caching: an id, a path. */
const MAX_VALUES = 256;
/** Upper bound on cached attributes, in case a program makes up names. */
const MAX_KEYS = 512;
const MAX_REMEMBERED_LENGTH = 4_096;
const TWO_TO_63 = 2 ** 63;

/**
 * Writes attributes as OTLP's `KeyValue`s. Most attributes repeat from span to span (a query's text, a queue's name),
 * so their bytes are cached and copied.
 */
export class AttributeWriter {
  private readonly remembered = new Map<string, Map<unknown, Uint8Array> | undefined>();

  write(writer: ProtobufWriter, attributes: Attributes, field: number): void {
    for (const key in attributes) {
      if (!Object.hasOwn(attributes, key)) continue;
      const value: unknown = attributes[key];
      writer.tag(field, BYTES);
      const known = this.valuesOf(key, value);
      if (!known) {
        writeKeyValue(writer, key, value);
        continue;
      }
      let bytes = known.get(value);
      if (!bytes) {
        bytes = encoded(key, value);
        this.remember(key, known, value, bytes);
      }
      writer.raw(bytes);
    }
  }

  /** Cache of this attribute's bytes; undefined if it is not cached. */
  private valuesOf(key: string, value: unknown): Map<unknown, Uint8Array> | undefined {
    if (typeof value === 'object') return undefined;
    if (typeof value === 'string' && value.length > MAX_REMEMBERED_LENGTH) return undefined;
    const known = this.remembered.get(key);
    if (known || this.remembered.size >= MAX_KEYS || this.remembered.has(key)) return known;
    const values = new Map<unknown, Uint8Array>();
    this.remembered.set(key, values);
    return values;
  }

  private remember(key: string, known: Map<unknown, Uint8Array>, value: unknown, bytes: Uint8Array): void {
    // For good: it would only fill up again.
    if (known.size >= MAX_VALUES) this.remembered.set(key, undefined);
    else known.set(value, bytes);
  }
}

function encoded(key: string, value: unknown): Uint8Array {
  const writer = new ProtobufWriter();
  writeKeyValue(writer, key, value);
  return Uint8Array.from(writer.finish());
}

function writeKeyValue(writer: ProtobufWriter, key: string, value: unknown): void {
  const start = writer.begin();
  writer.tag(1, BYTES);
  writer.string(key);
  writer.tag(2, BYTES);
  writeAnyValue(writer, value);
  writer.end(start);
}

/** With its length. https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/common/v1/common.proto */
export function writeAnyValue(writer: ProtobufWriter, value: unknown): void {
  const start = writer.begin();
  if (typeof value === 'string') {
    writer.tag(1, BYTES);
    writer.string(value);
  } else if (typeof value === 'boolean') {
    writer.tag(2, VARINT);
    writer.varint(value ? 1 : 0);
  } else if (typeof value === 'number') {
    writeNumber(writer, value);
  } else if (value instanceof Uint8Array) {
    writer.tag(7, BYTES);
    writer.bytes(value);
  } else if (Array.isArray(value)) {
    writer.tag(5, BYTES);
    writeList(writer, value);
  } else if (typeof value === 'object' && value !== null) {
    writer.tag(6, BYTES);
    writeMap(writer, value);
  }
  writer.end(start);
}

/** Whole numbers become integers, others doubles: JavaScript does not distinguish 1 from 1.0. */
function writeNumber(writer: ProtobufWriter, value: number): void {
  if (Number.isInteger(value) && value >= -TWO_TO_63 && value < TWO_TO_63) {
    writer.tag(3, VARINT);
    writer.varint64(value);
  } else {
    writer.tag(4, FIXED64);
    writer.double(value);
  }
}

function writeList(writer: ProtobufWriter, values: unknown[]): void {
  const start = writer.begin();
  for (const value of values) {
    writer.tag(1, BYTES);
    writeAnyValue(writer, value);
  }
  writer.end(start);
}

function writeMap(writer: ProtobufWriter, map: object): void {
  const start = writer.begin();
  for (const [key, value] of Object.entries(map)) {
    writer.tag(1, BYTES);
    writeKeyValue(writer, key, value);
  }
  writer.end(start);
}
