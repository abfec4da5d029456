import { BadParameter, parseInteger } from '../../api/params.ts';
import { laterOf } from '../../model.ts';
import { shorten } from '../format.ts';

const VIEWS = ['timeline', 'flame', 'spans'] as const;
export const SORT_KEYS = ['service', 'name', 'kind', 'start', 'duration', 'self'] as const;

/** The view state of a trace page, kept in its URL so that it can be reloaded and shared. */
export interface Address {
  view: (typeof VIEWS)[number];
  /** Search words, or the id of the span to open. Jaeger's parameter name. */
  uiFind: string;
  services: ReadonlySet<string>;
  /** Nanoseconds after the start of the trace. */
  zoom: { from: bigint; to: bigint } | undefined;
  /** The first row, for pages without scripts. */
  from: number;
  /** The sort column of the table of spans. */
  sort: (typeof SORT_KEYS)[number] | '';
  /** The enlarged frame of the flame graph, as child positions from the root. */
  at: string;
}

/** Throws BadParameter for values it does not understand. As in Jaeger, unknown parameters are ignored. */
export function readAddress(params: URLSearchParams): Address {
  return {
    view: parse(params, 'view', 'timeline', oneOf(VIEWS), `one of ${VIEWS.join(', ')}`),
    uiFind: params.get('uiFind') ?? '',
    services: new Set(params.getAll('service').filter((name) => name !== '')),
    zoom: parse(params, 'zoom', undefined, parseZoom, 'FROM-TO in nanoseconds after the start of the trace'),
    from: parse(params, 'from', 0, parseRow, 'the number of a row'),
    sort: parse(params, 'sort', '', oneOf(SORT_KEYS), `one of ${SORT_KEYS.join(', ')}`),
    at: parse(
      params,
      'at',
      '',
      (text) => (/^\d+(\.\d+)*$/.test(text) ? text : undefined),
      'numbers and dots, as in 0.2.1',
    ),
  };
}

/** The value of a parameter; the default if it is missing or empty. */
function parse<T>(
  params: URLSearchParams,
  name: string,
  fallback: T,
  read: (text: string) => T | undefined,
  expected: string,
): T {
  const text = params.get(name) ?? '';
  if (text === '') return fallback;
  const value = read(text);
  if (value === undefined)
    throw new BadParameter(`${name} is ${JSON.stringify(shorten(text, 100))}: write ${expected}`);
  return value;
}

const oneOf =
  <T extends string>(known: readonly T[]) =>
  (text: string): T | undefined =>
    known.find((name) => name === text);

/** Up to 2^31 - 1. */
export const parseRow = (text: string): number | undefined => {
  const row = parseInteger(text, 32);
  return row === undefined || row < 0n ? undefined : Number(row);
};

function parseZoom(text: string): Address['zoom'] {
  const [, low, high] = /^(\d{1,20})-(\d{1,20})$/.exec(text) ?? [];
  if (low === undefined || high === undefined || BigInt(low) >= BigInt(high)) return undefined;
  return { from: BigInt(low), to: BigInt(high) };
}

/** The query string of this page with some changes; `?` for the default view. */
export function linkTo(address: Address, changes: Partial<Address> = {}): string {
  const { view, uiFind, services, zoom, from, sort, at } = { ...address, ...changes };
  const params = new URLSearchParams();
  if (view !== 'timeline') params.set('view', view);
  if (uiFind !== '') params.set('uiFind', uiFind);
  for (const service of services) params.append('service', service);
  if (zoom !== undefined) params.set('zoom', `${zoom.from}-${zoom.to}`);
  if (from > 0) params.set('from', String(from));
  if (sort !== '') params.set('sort', sort);
  if (at !== '') params.set('at', at);
  return `?${params}`;
}

/** The time range of a span with a margin on both sides. The end may precede the start if a clock has jumped back. */
export function around(traceStart: bigint, start: bigint, reportedEnd: bigint): { from: bigint; to: bigint } {
  const end = laterOf(start, reportedEnd);
  const margin = laterOf((end - start) / 20n, 500n);
  return { from: laterOf(start - traceStart - margin, 0n), to: laterOf(end - traceStart, 0n) + margin };
}
