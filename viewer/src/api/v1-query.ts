import type { TraceQuery } from '../store/search.ts';
import { BadParameter, parseBool, parseDuration, parseTraceId } from './params.ts';
import { MAX_LIMIT } from './v3-query.ts';

const DEFAULT_LIMIT = 100;
const DEFAULT_LOOKBACK_MS = 2 * 24 * 3600 * 1000;
const DAY_MS = 24 * 3600 * 1000;

export type V1Query = { traceIds: string[] } | { query: TraceQuery };

const unparsable = (name: string, value: string, expected: string): BadParameter =>
  new BadParameter(`unable to parse param '${name}': ${JSON.stringify(value)} is not ${expected}`);

function whole(params: URLSearchParams, name: string, unit: string): bigint | undefined {
  const value = params.get(name) ?? '';
  if (value === '') return undefined;
  if (!/^-?\d{1,18}$/.test(value)) throw unparsable(name, value, unit);
  return BigInt(value);
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

/** The optional time window of one trace: a hint for storages that need it; here it is only checked. */
export function checkWindow(params: URLSearchParams): void {
  whole(params, 'start', 'a time in microseconds');
  whole(params, 'end', 'a time in microseconds');
}

/** Reads the parameters of `/api/traces`. Throws BadParameter. */
export function parseV1Query(params: URLSearchParams, now: Date): V1Query {
  const end = whole(params, 'end', 'a time in microseconds') ?? BigInt(now.getTime()) * 1000n;
  const start =
    whole(params, 'start', 'a time in microseconds') ??
    BigInt(now.getTime() - lookbackMs(params.get('lookback') ?? '')) * 1000n;
  const attributes = tags(params);
  const limitText = params.get('limit') ?? '';
  if (!/^-?\d{0,10}$/.test(limitText)) throw unparsable('limit', limitText, 'a whole number');
  const limit = limitText === '' ? DEFAULT_LIMIT : Number(limitText);
  const [durationMin, durationMax] = [duration(params, 'minDuration'), duration(params, 'maxDuration')];
  parseRaw(params);
  const traceIds = params.getAll('traceID').map((text) => {
    const id = parseTraceId(text);
    if (id === undefined) throw new BadParameter(`cannot parse traceID param: ${JSON.stringify(text)} is no trace id`);
    return id;
  });
  if (traceIds.length > 0) return { traceIds };

  const service = params.get('service') ?? '';
  if (service === '') throw new BadParameter("parameter 'service' is required");
  if (limit <= 0) throw new BadParameter('invalid parameter: limit must be greater than 0');
  if (start > end) throw new BadParameter('invalid parameter: start time must be before end time');
  if (durationMin !== 0n && durationMax !== 0n && durationMax < durationMin) {
    throw new BadParameter("'maxDuration' should be greater than 'minDuration'");
  }
  return {
    query: {
      service,
      operation: params.get('operation') ?? '',
      attributes,
      startMin: start * 1000n,
      startMax: end * 1000n,
      ...(durationMin === 0n ? {} : { durationMin }),
      ...(durationMax === 0n ? {} : { durationMax }),
      limit: Math.min(limit, MAX_LIMIT),
    },
  };
}

/** Jaeger's server takes no notice of it; scripts send it instead of `start` all the same. `1h`, `2d`, `30m`. */
function lookbackMs(text: string): number {
  const days = /^(\d{1,4})d$/.exec(text)?.[1];
  if (days !== undefined) return Number(days) * DAY_MS;
  const nanos = parseDuration(text);
  return nanos === undefined || nanos <= 0n ? DEFAULT_LOOKBACK_MS : Number(nanos / 1_000_000n);
}

/** `tag=key:value`, as often as wanted, and `tags={"key":"value"}`. */
function tags(params: URLSearchParams): Array<readonly [string, string]> {
  const found = new Map<string, string>();
  for (const tag of params.getAll('tag')) {
    const colon = tag.indexOf(':');
    if (colon < 0) throw new BadParameter(`malformed 'tag' parameter, expecting key:value, received: ${tag}`);
    found.set(tag.slice(0, colon), tag.slice(colon + 1));
  }
  for (const text of params.getAll('tags')) {
    for (const [key, value] of jsonTags(text)) found.set(key, value);
  }
  return [...found];
}

function jsonTags(text: string): Array<[string, string]> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) {
    const entries = Object.entries(json);
    if (entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')) return entries;
  }
  throw new BadParameter(`malformed 'tags' parameter, cannot unmarshal JSON: ${text} is not an object of text values`);
}

/** Reads the parameters of `/api/dependencies`: milliseconds, both optional. Throws BadParameter. */
export function parseDependenciesQuery(params: URLSearchParams, now: Date): { startMin: bigint; startMax: bigint } {
  const endMs = whole(params, 'endTs', 'a time in milliseconds') ?? BigInt(now.getTime());
  const lookback = whole(params, 'lookback', 'a number of milliseconds') ?? BigInt(DAY_MS);
  return { startMin: (endMs - lookback) * 1_000_000n, startMax: endMs * 1_000_000n };
}
