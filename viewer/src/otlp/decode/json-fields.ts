import { MalformedError } from './reader.ts';

export type Json = Record<string, unknown>;

export const SPAN_KINDS = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'].map(
  (kind) => `SPAN_KIND_${kind}`,
);
const SEVERITIES = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
/** Indexed by OTLP's number. */
export const SEVERITY_NUMBERS = [
  'UNSPECIFIED',
  ...SEVERITIES.flatMap((name) => ['', '2', '3', '4'].map((n) => name + n)),
].map((name) => `SEVERITY_NUMBER_${name}`);
export const TEMPORALITIES = ['UNSPECIFIED', 'DELTA', 'CUMULATIVE'].map((name) => `AGGREGATION_TEMPORALITY_${name}`);
export const STATUS_CODES = ['UNSET', 'OK', 'ERROR'].map((code) => `STATUS_CODE_${code}`);

/** OTLP requires numbers; other protobuf JSON writers use the names. */
export function enumNumber(value: unknown, names: readonly string[], field: string): number {
  const named = typeof value === 'string' ? names.indexOf(value) : -1;
  return named >= 0 ? named : uint32(value, field);
}

/** Field names are camelCase; protobuf JSON writers may also keep the snake_case of the definitions. */
export function object(value: unknown, field: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new MalformedError(`${field} is not an object`);
  }
  for (const key in value) if (key.includes('_')) return camelCased(value as Json);
  return value as Json;
}

const camelCased = (json: Json): Json =>
  Object.fromEntries(
    Object.entries(json).map(([key, value]) => [
      key.replaceAll(/_([a-z])/g, (_, letter) => letter.toUpperCase()),
      value,
    ]),
  );

export function list(value: unknown, field: string): unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw new MalformedError(`${field} is not a list`);
}

export function text(value: unknown, field: string): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  throw new MalformedError(`${field} is not text`);
}

/**
 * Hex, as in OTLP JSON, or the padded base64 of other protobuf JSON. Not validated here: an invalid id rejects its
 * span, not the whole request.
 */
export function hexId(value: unknown, field: string): string {
  const id = text(value, field);
  return /^(?:[A-Za-z0-9+/]{22}==|[A-Za-z0-9+/]{11}=)$/.test(id)
    ? Buffer.from(id, 'base64').toString('hex')
    : id.toLowerCase();
}

export function integer(value: unknown, field: string): bigint {
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) return BigInt(value);
  throw new MalformedError(`${field} is not an integer`);
}

export function nano(value: unknown, field: string): bigint {
  if (value === undefined || value === null || value === '') return 0n;
  return BigInt.asUintN(64, integer(value, field));
}

export function uint32(value: unknown, field: string): number {
  if (value === undefined || value === null) return 0;
  const int = integer(value, field);
  if (int < 0n || int > 0xffff_ffffn) throw new MalformedError(`${field} is out of range`);
  return Number(int);
}
