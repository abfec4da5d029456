/** An invalid parameter. The message is shown to the caller. */
export class BadParameter extends Error {}

const UNIT_NANOS: Record<string, number> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** A Go duration (`1.5s`, `300ms`, `1h2m`) in nanoseconds. */
export function parseDuration(text: string): bigint | undefined {
  if (/^[+-]?0$/.test(text)) return 0n;
  const [, sign, terms] = /^([+-]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/.exec(text) ?? [];
  if (terms === undefined) return undefined;
  let nanos = 0;
  for (const [, number, unit] of terms.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)) {
    nanos += Number(number) * (UNIT_NANOS[unit ?? ''] ?? Number.NaN);
  }
  // A Go duration is limited to 63 bits.
  if (!(nanos < 2 ** 63)) return undefined;
  return BigInt(Math.round(sign === '-' ? -nanos : nanos));
}

/** RFC 3339 with up to nanosecond precision, as nanoseconds since the epoch. */
export function parseRfc3339(text: string): bigint | undefined {
  const [, seconds, fraction = '', zone] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)$/.exec(text) ?? [];
  if (seconds === undefined || zone === undefined) return undefined;
  const millis = Date.parse(`${seconds}${zone}`);
  if (Number.isNaN(millis) || !isOnCalendar(seconds)) return undefined;
  return BigInt(millis) * 1_000_000n + BigInt(fraction.padEnd(9, '0').slice(0, 9));
}

/** JavaScript turns February 30 into a day in March and accepts 24:00. */
function isOnCalendar(seconds: string): boolean {
  const utc = Date.parse(`${seconds}Z`);
  return !Number.isNaN(utc) && new Date(utc).toISOString().startsWith(seconds);
}

/** 1 to 32 hex digits, since Jaeger omits leading zeros; or 16 bytes in base64, as in protobuf JSON. */
export function parseTraceId(text: string): string | undefined {
  if (/^[0-9a-fA-F]{1,32}$/.test(text)) return text.toLowerCase().padStart(32, '0');
  if (/^[A-Za-z0-9+/]{22}(==)?$/.test(text)) return Buffer.from(text, 'base64').toString('hex');
  return undefined;
}

/** Accepts what Go's ParseBool does, which excludes mixed case such as `tRUE`. */
export function parseBool(text: string): boolean | undefined {
  if (/^(1|[tT]|true|True|TRUE)$/.test(text)) return true;
  if (/^(0|[fF]|false|False|FALSE)$/.test(text)) return false;
  return undefined;
}

/** Accepts what Go's ParseInt does: decimal digits with an optional sign, within the given number of bits. */
export function parseInteger(text: string, bits: 32 | 64): bigint | undefined {
  if (!/^[+-]?\d{1,40}$/.test(text)) return undefined;
  const value = BigInt(text.replace('+', ''));
  return BigInt.asIntN(bits, value) === value ? value : undefined;
}

/** A JSON object with string values, as Go reads it: null is empty. */
export function parseTextMap(text: string): Array<readonly [string, string]> | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (json === null) return [];
  if (typeof json !== 'object' || Array.isArray(json)) return undefined;
  const entries = Object.entries(json).map(([key, value]) => [key, value ?? ''] as const);
  return entries.every((entry): entry is [string, string] => typeof entry[1] === 'string') ? entries : undefined;
}

const DAY_NANOS = 86_400_000_000_000n;

/** Jaeger's `2d` and `3w`, or a Go duration such as `1h30m`; in nanoseconds. */
export function parseLookback(text: string): bigint | undefined {
  const [, count, unit] = /^(\d{1,5})([dw])$/.exec(text) ?? [];
  const nanos = count === undefined ? parseDuration(text) : BigInt(count) * (unit === 'w' ? 7n : 1n) * DAY_NANOS;
  return nanos === undefined || nanos <= 0n ? undefined : nanos;
}
