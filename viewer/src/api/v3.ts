import { Hono } from 'hono';
import { summarize } from '../analysis/summary.ts';
import { checkLimit, findTraces, SearchTooDeep } from '../store/search.ts';
import type { SpanStore } from '../store/store.ts';
import type { Trace } from '../store/trace.ts';
import { RAW, SORTED } from './adjust.ts';
import { toResourceSpans } from './otlp.ts';
import { BadParameter, parseTraceId } from './params.ts';
import { withUniqueIds } from './unique-ids.ts';
import { parseTraceParams, parseTraceQuery, searchRaw } from './v3-query.ts';

const errorBody = (httpCode: number, message: string): unknown => ({ error: { httpCode, message } });

/** Jaeger's query API v3, as implemented by v2.20: https://www.jaegertracing.io/docs/latest/architecture/apis/ */
export function v3Api(store: SpanStore): Hono {
  const api = new Hono();

  api.onError((error, c) => {
    if (error instanceof BadParameter) return c.json(errorBody(400, error.message), 400);
    if (error instanceof SearchTooDeep) return c.json(errorBody(500, error.message), 500);
    throw error;
  });

  const search = (params: URLSearchParams): { traces: Trace[]; raw: boolean } => {
    const raw = searchRaw(params);
    const parsed = parseTraceQuery(params);
    checkLimit(store, parsed);
    return { traces: findTraces(store, parsed), raw };
  };

  api.get('/services', (c) => c.json({ services: store.services.names() }));

  api.get('/operations', (c) => {
    const kind = c.req.query('spanKind') || c.req.query('span_kind') || '';
    const operations = store.services.operations(c.req.query('service') ?? '', kind.toLowerCase());
    return c.json({
      operations: operations.map(({ name, spanKind }) => ({
        name,
        spanKind: spanKind === 'unspecified' ? 'internal' : spanKind,
      })),
    });
  });

  api.get('/traces', (c) => {
    const { traces, raw } = search(new URL(c.req.url).searchParams);
    if (traces.length === 0) return c.json(errorBody(404, 'No traces found'), 404);
    return c.json({ result: { resourceSpans: traces.flatMap((trace) => resourceSpans(trace, raw)) } });
  });

  api.get('/traces/:id', (c) => {
    const given = c.req.param('id');
    const id = parseTraceId(given);
    if (id === undefined) {
      throw new BadParameter(`malformed parameter trace_id: ${JSON.stringify(given)} is not 1 to 32 hex digits`);
    }
    const { raw } = parseTraceParams(new URL(c.req.url).searchParams);
    const trace = store.get(id);
    if (trace === undefined) return c.json(errorBody(404, 'No traces found'), 404);
    return c.json({ result: { resourceSpans: resourceSpans(trace, raw) } });
  });

  api.get('/trace-summaries', (c) =>
    c.json({ summaries: search(new URL(c.req.url).searchParams).traces.map(toSummary) }),
  );

  api.all('/*', (c) => c.json(errorBody(404, `no such route: ${c.req.path}`), 404));

  return api;
}

const resourceSpans = (trace: Trace, raw: boolean): unknown[] =>
  raw ? toResourceSpans(trace.sorted(), RAW) : toResourceSpans(withUniqueIds(trace), SORTED);

function toSummary(trace: Trace): unknown {
  const { rootService, rootOperation, spans, errors, orphans, services } = summarize(trace);
  return {
    traceId: trace.id,
    ...(rootService === '' ? {} : { rootServiceName: rootService }),
    ...(rootOperation === '' ? {} : { rootOperationName: rootOperation }),
    minStartTimeUnixNano: String(trace.startNano),
    maxEndTimeUnixNano: String(trace.endNano),
    spanCount: spans,
    ...(errors === 0 ? {} : { errorSpanCount: errors }),
    ...(orphans === 0 ? {} : { orphanSpanCount: orphans }),
    services: services.map((service) => ({
      name: service.name,
      spanCount: service.spans,
      ...(service.errors === 0 ? {} : { errorSpanCount: service.errors }),
    })),
  };
}
