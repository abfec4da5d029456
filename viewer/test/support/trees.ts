import { buildTree, type Tree } from '../../src/analysis/tree.ts';
import { NO_ATTRIBUTES, type Origin, type Span } from '../../src/model.ts';
import { SpanStore } from '../../src/store/store.ts';

/** Short form of a span; times in nanoseconds. */
export interface Given {
  id: string;
  parent?: string;
  at: [from: number, to: number];
  kind?: number;
  service?: string;
  name?: string;
  trace?: string;
  links?: Array<[trace: string, span: string]>;
}

function span({ id, parent = '', at, kind = 1, service = 'dispo', name = id, trace = 't', links = [] }: Given): Span {
  const origin: Origin = {
    resourceKey: service,
    key: service,
    service,
    resource: { attributes: NO_ATTRIBUTES, droppedAttributes: 0, schemaUrl: '' },
    scope: { name: '', version: '', attributes: NO_ATTRIBUTES, droppedAttributes: 0, schemaUrl: '' },
  };
  return {
    traceId: trace,
    spanId: id,
    parentSpanId: parent,
    traceState: '',
    flags: 0,
    name,
    kind,
    startNano: BigInt(at[0]),
    endNano: BigInt(at[1]),
    attributes: NO_ATTRIBUTES,
    droppedAttributes: 0,
    events: [],
    droppedEvents: 0,
    links: links.map(([traceId, spanId]) => ({
      traceId,
      spanId,
      traceState: '',
      attributes: NO_ATTRIBUTES,
      droppedAttributes: 0,
      flags: 0,
    })),
    droppedLinks: 0,
    statusCode: 0,
    statusMessage: '',
    origin,
  };
}

export function storeOf(...spans: Given[]): SpanStore {
  const store = new SpanStore({ maxSpans: 1_000_000, maxBytes: 2 ** 31 });
  for (const given of spans) store.add(span(given));
  return store;
}

export function treeOf(...spans: Given[]): Tree {
  const trace = storeOf(...spans).get('t');
  if (trace === undefined) throw new Error('no spans');
  return buildTree(trace);
}
