import { laterOf } from '../../model.ts';

const VIEWS = ['timeline', 'flame', 'spans'] as const;

/** Everything that a trace page shows is in its address, so that it can be reloaded and shared. */
export interface Address {
  view: (typeof VIEWS)[number];
  /** What to find: words, or the id of the span to open. Named as Jaeger names it. */
  uiFind: string;
  services: ReadonlySet<string>;
  /** Nanoseconds after the start of the trace. */
  zoom: { from: bigint; to: bigint } | undefined;
  /** The first row of a page without scripts. */
  from: number;
  /** The column by which the table of spans is sorted. */
  sort: string;
  /** The frame that fills the flame graph, as positions from the root down. */
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

/** The query of the same page with some of it changed; `?` alone for the plain page. */
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

/** The time of a span with some room on both sides. */
export function around(traceStart: bigint, start: bigint, end: bigint): { from: bigint; to: bigint } {
  const margin = laterOf((end - start) / 20n, 500n);
  return { from: laterOf(start - traceStart - margin, 0n), to: laterOf(end - traceStart, 0n) + margin };
}
