import type { Attributes, JsonKeyValue, JsonValue, Value } from '../../model.ts';
import { listValue, mapValue, toJsonValue } from '../../model.ts';
import type { Pool } from './pool.ts';
import { MalformedError, type Reader } from './reader.ts';

/** Real telemetry is not nested deeper, and recursive readers need bounded depth. */
export const MAX_DEPTH = 64;

/** Maximum per request: an empty span takes only two bytes on the wire. */
export const MAX_SPANS = 100_000;

export const tooManySpans = (): MalformedError =>
  new MalformedError(`more than ${MAX_SPANS} spans in one request: send smaller batches`);

export const jsonDouble = (value: number): JsonValue => ({
  doubleValue: Number.isFinite(value) ? value : (String(value) as 'NaN' | 'Infinity' | '-Infinity'),
});

export function readValue(reader: Reader, pool: Pool, depth = 0): Value {
  if (depth > MAX_DEPTH) throw new MalformedError(`a value is nested deeper than ${MAX_DEPTH} levels`);
  let value: Value = {};
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        value = pool.text(reader.string());
        break;
      case 2:
        value = reader.bool();
        break;
      case 3: {
        const int = reader.int64();
        value = typeof int === 'number' ? int : { intValue: String(int) };
        break;
      }
      case 4:
        value = jsonDouble(reader.double());
        break;
      case 5: {
        const values: JsonValue[] = [];
        for (const list = reader.message(); list.next(); ) {
          if (list.field === 1) values.push(toJsonValue(readValue(list.message(), pool, depth + 1)));
          else list.skip();
        }
        value = listValue(values);
        break;
      }
      case 6: {
        const values: JsonKeyValue[] = [];
        for (const list = reader.message(); list.next(); ) {
          if (list.field !== 1) list.skip();
          else {
            const entry = readKeyValue(list.message(), pool, depth + 1);
            values.push({ key: entry.key, value: toJsonValue(entry.value) });
          }
        }
        value = mapValue(values);
        break;
      }
      case 7:
        value = { bytesValue: reader.base64() };
        break;
      default:
        reader.skip();
    }
  }
  return value;
}

export function readKeyValue(reader: Reader, pool: Pool, depth = 0): { key: string; value: Value } {
  let key = '';
  let value: Value = {};
  while (reader.next()) {
    if (reader.field === 1) key = pool.text(reader.string());
    else if (reader.field === 2) value = readValue(reader.message(), pool, depth);
    else reader.skip();
  }
  return { key, value };
}

/** Collects the repeated KeyValue field of a message. */
export class AttributeList {
  private readonly keys: string[] = [];
  private readonly values: Value[] = [];

  read(reader: Reader, pool: Pool): void {
    const { key, value } = readKeyValue(reader.message(), pool);
    this.add(key, value);
  }

  add(key: string, value: Value): void {
    this.keys.push(key);
    this.values.push(value);
  }

  done(pool: Pool): Attributes {
    return pool.attributes(this.keys, this.values);
  }
}
