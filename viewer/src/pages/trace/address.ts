import { laterOf } from '../../model.ts';

const VIEWS = ['timeline', 'flame', 'spans'] as const;

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
  sort: string;
  /** The enlarged frame of the flame graph, as child positions from the root. */
  at: string;
}

export function readAddress(params: URLSearchParams): Address {
  const view = VIEWS.find((name) => name === params.get('view')) ?? 'timeline';
  const from = Number(params.get('from'));
  const [, low, high] = /^(\d{1,20})-(\d{1,20})$/.exec(params.get('zoom') ?? '') ?? [];
  const zoom = low === undefined || high === undefined ? undefined : { from: BigInt(low), to: BigInt(high) };
  return {
    view,
    uiFind: params.get('uiFind') ?? '',
    services: new Set(params.getAll('service').filter((name) => name !== '')),
    zoom: zoom === undefined || zoom.to <= zoom.from ? undefined : zoom,
    from: Number.isInteger(from) && from > 0 ? from : 0,
    sort: params.get('sort') ?? '',
    at: params.get('at') ?? '',
  };
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

/** The time range of a span with a margin on both sides. */
export function around(traceStart: bigint, start: bigint, end: bigint): { from: bigint; to: bigint } {
  const margin = laterOf((end - start) / 20n, 500n);
  return { from: laterOf(start - traceStart - margin, 0n), to: laterOf(end - traceStart, 0n) + margin };
}
