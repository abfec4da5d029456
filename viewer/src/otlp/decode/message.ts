import type { Value } from '../../model.ts';
import {
  enumNumber,
  hexId,
  integer,
  text as jsonText,
  uint32 as jsonUint32,
  list,
  nano,
  object,
} from './json-fields.ts';
import { readJsonValue } from './json-values.ts';
import type { Pool } from './pool.ts';
import { MalformedError, type Reader, WIRE_FIXED64, WIRE_VARINT } from './reader.ts';
import { readKeyValue, readValue } from './values.ts';

/** State of decoding one request. */
export interface Context {
  pool: Pool;
  /** Throws MalformedError when the request has too many records. */
  countRecord(): void;
}

/** How to read one field from protobuf and from JSON. */
export interface Field<T> {
  readonly number: number;
  /** The value of an absent field. */
  empty(): T;
  /** Reads one occurrence; `previous` is the value so far, for repeated fields. */
  wire(reader: Reader, context: Context, previous: T): T;
  /** `value` is neither undefined nor null. */
  json(value: unknown, name: string, context: Context): T;
}

type Shape = Readonly<Record<string, Field<unknown>>>;

export type Decoded<S extends Shape> = { -readonly [K in keyof S]: S[K] extends Field<infer T> ? T : never };

/**
 * A protobuf message, described by its fields once for both encodings. For signals of moderate rate: spans have faster readers of
 * their own.
 */
export class MessageType<S extends Shape> {
  private readonly fields: ReadonlyArray<readonly [name: string, field: Field<unknown>]>;
  private readonly byNumber: ReadonlyMap<number, readonly [name: string, field: Field<unknown>]>;

  constructor(shape: S) {
    this.fields = Object.entries(shape);
    this.byNumber = new Map(this.fields.map((entry) => [entry[1].number, entry]));
  }

  fromWire(reader: Reader, context: Context): Decoded<S> {
    const message = this.empty();
    while (reader.next()) {
      const known = this.byNumber.get(reader.field);
      if (known === undefined) reader.skip();
      else message[known[0]] = known[1].wire(reader, context, message[known[0]]);
    }
    return message as Decoded<S>;
  }

  fromJson(value: unknown, name: string, context: Context): Decoded<S> {
    const json = object(value, name);
    const message = this.empty();
    for (const [key, field] of this.fields) {
      const given = json[key];
      if (given !== undefined && given !== null) message[key] = field.json(given, key, context);
    }
    return message as Decoded<S>;
  }

  private empty(): Record<string, unknown> {
    const message: Record<string, unknown> = {};
    for (const [name, field] of this.fields) message[name] = field.empty();
    return message;
  }
}

const scalar =
  <T>(none: T, wire: (reader: Reader, pool: Pool) => T, json: (value: unknown, name: string, pool: Pool) => T) =>
  (number: number): Field<T> => ({
    number,
    empty: () => none,
    wire: (reader, { pool }) => wire(reader, pool),
    json: (value, name, { pool }) => json(value, name, pool),
  });

export const text = scalar(
  '',
  (reader, pool) => pool.text(reader.string()),
  (value, name, pool) => pool.text(jsonText(value, name)),
);
export const id = scalar('', (reader) => reader.hex(), hexId);
export const bool = scalar(
  false,
  (reader) => reader.bool(),
  (value) => value === true,
);
/** Nanoseconds since 1970. */
export const time = scalar(0n, (reader) => reader.fixed64(), nano);
export const uint32 = scalar(0, (reader) => reader.uint32(), jsonUint32);
export const fixed32 = scalar(0, (reader) => reader.fixed32(), jsonUint32);
export const sint32 = scalar(0, (reader) => reader.sint32(), jsonInteger);
export const count = scalar(0, (reader) => Number(reader.fixed64()), jsonInteger);
export const double = scalar(0, (reader) => reader.double(), jsonNumber);
/** Undefined if absent. */
export const optionalDouble = scalar<number | undefined>(undefined, (reader) => reader.double(), jsonNumber);
export const optionalInteger = scalar<number | undefined>(undefined, (reader) => reader.sfixed64(), jsonInteger);
export const value = scalar<Value>(
  {},
  (reader, pool) => readValue(reader.message(), pool),
  (given, _name, pool) => readJsonValue(given, pool),
);

export const enumeration = (number: number, names: readonly string[]): Field<number> =>
  scalar(
    0,
    (reader) => reader.uint32(),
    (given, name) => enumNumber(given, names, name),
  )(number);

const numbers =
  (wire: 0 | 1, read: (reader: Reader) => number, json: (value: unknown, name: string) => number) =>
  (number: number): Field<number[]> => ({
    number,
    empty: () => [],
    wire(reader, _context, previous) {
      reader.numbers(wire, read, previous);
      return previous;
    },
    json: (given, name) => list(given, name).map((item) => json(item, name)),
  });

export const counts = numbers(WIRE_FIXED64, (reader) => Number(reader.fixed64()), jsonInteger);
export const varints = numbers(WIRE_VARINT, (reader) => Number(reader.int64()), jsonInteger);
export const doubles = numbers(WIRE_FIXED64, (reader) => reader.double(), jsonNumber);

/** Undefined if absent. */
export const message = <S extends Shape>(number: number, type: MessageType<S>): Field<Decoded<S> | undefined> => ({
  number,
  empty: () => undefined,
  wire: (reader, context) => type.fromWire(reader.message(), context),
  json: (given, name, context) => type.fromJson(given, name, context),
});

const repeatedOf = <T>(
  number: number,
  wire: (reader: Reader, context: Context) => T,
  json: (value: unknown, name: string, context: Context) => T,
): Field<T[]> => ({
  number,
  empty: () => [],
  wire(reader, context, previous) {
    previous.push(wire(reader, context));
    return previous;
  },
  json: (given, name, context) => list(given, name).map((item) => json(item, name, context)),
});

export const repeated = <S extends Shape>(number: number, type: MessageType<S>): Field<Array<Decoded<S>>> =>
  repeatedOf(
    number,
    (reader, context) => type.fromWire(reader.message(), context),
    (given, name, context) => type.fromJson(given, name, context),
  );

/** A repeated message whose number per request is limited. */
export const records = <S extends Shape>(number: number, type: MessageType<S>): Field<Array<Decoded<S>>> =>
  repeatedOf(
    number,
    (reader, context) => {
      context.countRecord();
      return type.fromWire(reader.message(), context);
    },
    (given, name, context) => {
      context.countRecord();
      return type.fromJson(given, name, context);
    },
  );

export const keyValues = (number: number) =>
  repeatedOf(
    number,
    (reader, { pool }) => readKeyValue(reader.message(), pool),
    (given, _name, { pool }) => {
      const entry = object(given, 'attribute');
      return { key: pool.text(jsonText(entry.key, 'attribute.key')), value: readJsonValue(entry.value, pool) };
    },
  );

function jsonInteger(given: unknown, name: string): number {
  return Number(integer(given, name));
}

/** Proto JSON writes some doubles as text: `"NaN"`, `"Infinity"`. */
function jsonNumber(given: unknown, name: string): number {
  const number = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
  if (typeof number !== 'number' || (Number.isNaN(number) && given !== 'NaN' && !Number.isNaN(given))) {
    throw new MalformedError(`${name} is not a number`);
  }
  return number;
}
