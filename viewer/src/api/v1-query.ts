import type { TraceQuery } from '../store/search.ts';
import {
  BadParameter,
  parseBool,
  parseDuration,
  parseInteger,
  parseLookback,
  parseTextMap,
  parseTraceId,
} from './params.ts';

const DEFAULT_LIMIT = 100;
const DAY_MS = 24 * 3600 * 1000;
const DEFAULT_LOOKBACK_MS = 2 * DAY_MS;

export type V1Query = { traceIds: string[] } | { query: TraceQuery };

const unparsable = (name: string, value: string, expected: string): BadParameter =>
  new BadParameter(`unable to parse param '${name}': ${JSON.stringify(value)} is not ${expected}`);

function whole(params: URLSearchParams, name: string, unit: string): bigint | undefined {
  const value = params.get(name) ?? '';
  if (value === '') return undefined;
  const integer = parseInteger(value, 64);
  if (integer === undefined) throw unparsable(name, value, unit);
  return integer;
}

function duration(params: URLSearchParams, name: string): bigint {
  const value = params.get(name) ?? '';
  if (value === '') return 0n;
  const nanos = parseDuration(value);
  if (nanos === undefined) throw unparsable(name, value, 'a duration such as 1.5s or 300ms');
  return nanos;
}

export function parseRaw(params: URLSearchParams): boolean {
  const value = params.get('raw') ?? '';
  const raw = value === '' ? false : parseBool(value);
  if (raw === undefined) throw unparsable('raw', value, 'true or false');
  return raw;
}

/** Validates the optional time window of a trace: a hint for other storage backends, unused here. */
export function checkWindow(params: URLSearchParams): void {
  whole(params, 'start', 'a time in microseconds');
  whole(params, 'end', 'a time in microseconds');
}

/** Parses the parameters of `/api/traces`. Throws BadParameter. */
export function parseV1Query(params: URLSearchParams, now: Date): V1Query {
  const end = whole(params, 'end', 'a time in microseconds') ?? BigInt(now.getTime()) * 1000n;
  const start =
    whole(params, 'start', 'a time in microseconds') ??
    BigInt(now.getTime() - lookbackMs(params.get('lookback') ?? '')) * 1000n;
  const attributes = tags(params);
  const limitText = params.get('limit') ?? '';
  const limit = limitText === '' ? DEFAULT_LIMIT : parseInteger(limitText, 32);
  if (limit === undefined) throw unparsable('limit', limitText, 'a whole number');
  const [durationMin, durationMax] = [duration(params, 'minDuration'), duration(params, 'maxDuration')];
  parseRaw(params);
  const traceIds = params.getAll('traceID').map((text) => {
    const id = parseTraceId(text);
    if (id === undefined)
      throw new BadParameter(`cannot parse traceID param: ${JSON.stringify(text)} is not a trace id`);
    return id;
  });
  const service = params.get('service') ?? '';
  if (traceIds.length === 0 && service === '') throw new BadParameter("parameter 'service' is required");
  if (limit <= 0) throw new BadParameter('invalid parameter: limit must be greater than 0');
  if (start > end) throw new BadParameter('invalid parameter: start time must be before end time');
  if (durationMin !== 0n && durationMax !== 0n && durationMax < durationMin) {
    throw new BadParameter("'maxDuration' should be greater than 'minDuration'");
  }
  if (traceIds.length > 0) return { traceIds };
  return {
    query: {
      service,
      operation: params.get('operation') ?? '',
      attributes,
      startMin: start * 1000n,
      startMax: end * 1000n,
      ...(durationMin === 0n ? {} : { durationMin }),
      ...(durationMax === 0n ? {} : { durationMax }),
      limit: Number(limit),
    },
  };
}

/**
 * Jaeger's server ignores `lookback`, even if a script sends it instead of `start`. Its page sends `custom` with
 * `start`.
 */
function lookbackMs(text: string): number {
  if (text === '' || text === 'custom') return DEFAULT_LOOKBACK_MS;
  const nanos = parseLookback(text);
  if (nanos === undefined) throw unparsable('lookback', text, 'a length of time such as 30m, 1h, 2d or 3w');
  return Number(nanos / 1_000_000n);
}

/** `tag=key:value`, repeatable, and `tags={"key":"value"}`. */
function tags(params: URLSearchParams): Array<readonly [string, string]> {
  const found = new Map<string, string>();
  for (const tag of params.getAll('tag')) {
    const colon = tag.indexOf(':');
    if (colon < 0) throw new BadParameter(`malformed 'tag' parameter, expecting key:value, received: ${tag}`);
    found.set(tag.slice(0, colon), tag.slice(colon + 1));
  }
  for (const text of params.getAll('tags')) {
    const entries = parseTextMap(text);
    if (entries === undefined) {
      throw new BadParameter(
        `malformed 'tags' parameter, cannot unmarshal JSON: ${text} is not an object of text values`,
      );
    }
    for (const [key, value] of entries) found.set(key, value);
  }
  return [...found];
}

/** Parses the parameters of `/api/dependencies`: milliseconds, both optional. Throws BadParameter. */
export function parseDependenciesQuery(params: URLSearchParams, now: Date): { startMin: bigint; startMax: bigint } {
  const endMs = whole(params, 'endTs', 'a time in milliseconds') ?? BigInt(now.getTime());
  const lookback = whole(params, 'lookback', 'a number of milliseconds') ?? BigInt(DAY_MS);
  return { startMin: (endMs - lookback) * 1_000_000n, startMax: endMs * 1_000_000n };
}
