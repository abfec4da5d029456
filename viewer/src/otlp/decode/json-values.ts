import {
  type Attributes,
  type JsonValue,
  listValue,
  mapValue,
  NO_ATTRIBUTES,
  toJsonValue,
  type Value,
} from '../../model.ts';
import { integer, list, object, text } from './json-fields.ts';
import type { Pool } from './pool.ts';
import { MalformedError } from './reader.ts';
import { AttributeList, jsonDouble, MAX_DEPTH } from './values.ts';

export function readAttributes(json: unknown, pool: Pool): Attributes {
  if (json === undefined) return NO_ATTRIBUTES;
  const result = new AttributeList();
  for (const item of list(json, 'attributes')) {
    const entry = object(item, 'attribute');
    result.add(pool.text(text(entry.key, 'attribute.key')), readJsonValue(entry.value, pool, 0));
  }
  return result.done(pool);
}

export function readJsonValue(json: unknown, pool: Pool, depth = 0): Value {
  if (depth > MAX_DEPTH) throw new MalformedError(`a value is nested deeper than ${MAX_DEPTH} levels`);
  const value = object(json ?? {}, 'value');
  if (value.stringValue !== undefined) return pool.text(text(value.stringValue, 'stringValue'));
  if (value.boolValue !== undefined) return value.boolValue === true;
  if (value.intValue !== undefined) {
    const int = integer(value.intValue, 'intValue');
    const small = Number(int);
    return Number.isSafeInteger(small) ? small : { intValue: String(int) };
  }
  if (value.doubleValue !== undefined) return jsonDouble(Number(value.doubleValue));
  if (value.bytesValue !== undefined) return { bytesValue: text(value.bytesValue, 'bytesValue') };
  if (value.arrayValue !== undefined) {
    const values = list(object(value.arrayValue, 'arrayValue').values, 'arrayValue.values');
    return listValue(values.map((item): JsonValue => toJsonValue(readJsonValue(item, pool, depth + 1))));
  }
  if (value.kvlistValue !== undefined) {
    const values = list(object(value.kvlistValue, 'kvlistValue').values, 'kvlistValue.values').map((item) => {
      const entry = object(item, 'kvlistValue entry');
      return { key: text(entry.key, 'key'), value: toJsonValue(readJsonValue(entry.value, pool, depth + 1)) };
    });
    return mapValue(values);
  }
  return {};
}
