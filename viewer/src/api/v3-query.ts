import type { TraceQuery } from '../store/search.ts';
import { BadParameter, parseBool, parseDuration, parseInteger, parseRfc3339, parseTextMap } from './params.ts';

/** Jaeger's default. */
const DEFAULT_LIMIT = 100;

interface Found {
  /** The spelling that the caller used, for error messages. */
  name: string;
  value: string;
}

/** Looks up the camelCase name, then the older snake_case names. An empty value counts as absent. */
function first(params: URLSearchParams, ...names: string[]): Found | undefined {
  for (const name of names) {
    const value = params.get(name);
    if (value !== null && value !== '') return { name, value };
  }
  return undefined;
}

function parsed<T>(found: Found | undefined, parse: (text: string) => T | undefined, expected: string): T | undefined {
  if (found === undefined) return undefined;
  const value = parse(found.value);
  if (value === undefined) {
    throw new BadParameter(`malformed parameter ${found.name}: ${JSON.stringify(found.value)} is not ${expected}`);
  }
  return value;
}

const RFC3339 = 'an RFC 3339 time such as 2027-01-30T09:15:00Z';
const DURATION = 'a duration such as 1.5s or 300ms';
const BOOLEAN = 'true or false';
/** Supported by later versions of Jaeger. Rejected, since ignoring them would return wrong results. */
const UNSUPPORTED = ['query.filter', 'query.orderBy', 'query.pagination.pageSize', 'query.pagination.pageToken'];

/** Parses the parameters of FindTraces and FindTraceSummaries. Throws BadParameter. */
export function parseTraceQuery(params: URLSearchParams): TraceQuery {
  const startMin = parsed(first(params, 'query.startTimeMin', 'query.start_time_min'), parseRfc3339, RFC3339);
  const startMax = parsed(first(params, 'query.startTimeMax', 'query.start_time_max'), parseRfc3339, RFC3339);
  if (startMin === undefined || startMax === undefined) {
    throw new BadParameter('query.startTimeMin and query.startTimeMax are required');
  }
  if (startMin >= startMax) throw new BadParameter('query.startTimeMin must be before query.startTimeMax');
  for (const name of UNSUPPORTED) {
    if ((params.get(name) ?? '') !== '') throw new BadParameter(`${name} is not supported`);
  }
  const durationMin = parsed(first(params, 'query.durationMin', 'query.duration_min'), parseDuration, DURATION);
  const durationMax = parsed(first(params, 'query.durationMax', 'query.duration_max'), parseDuration, DURATION);
  const depth = parsed(
    first(params, 'query.searchDepth', 'query.search_depth', 'query.num_traces'),
    parseDepth,
    'a whole number',
  );
  return {
    service: first(params, 'query.serviceName', 'query.service_name')?.value ?? '',
    operation: first(params, 'query.operationName', 'query.operation_name')?.value ?? '',
    attributes: parsed(first(params, 'query.attributes'), parseTextMap, 'a JSON object of text values') ?? [],
    startMin,
    startMax,
    // Zero means unbounded.
    ...(durationMin ? { durationMin } : {}),
    ...(durationMax ? { durationMax } : {}),
    limit: depth === undefined || depth === 0 ? DEFAULT_LIMIT : depth,
  };
}

/** Whether a search requests raw traces. Throws BadParameter. */
export const searchRaw = (params: URLSearchParams): boolean =>
  parsed(first(params, 'query.rawTraces', 'query.raw_traces'), parseBool, BOOLEAN) ?? false;

/** Parses the parameters of GetTrace. Its times are hints for other storage backends: validated but unused. */
export function parseTraceParams(params: URLSearchParams): { raw: boolean } {
  parsed(first(params, 'startTime', 'start_time'), parseRfc3339, RFC3339);
  parsed(first(params, 'endTime', 'end_time'), parseRfc3339, RFC3339);
  return { raw: parsed(first(params, 'rawTraces', 'raw_traces'), parseBool, BOOLEAN) ?? false };
}

function parseDepth(text: string): number | undefined {
  const depth = parseInteger(text, 32);
  return depth === undefined || depth < 0n ? undefined : Number(depth);
}
