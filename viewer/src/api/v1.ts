import { type Context, Hono } from 'hono';
import { dependencies } from '../analysis/dependencies.ts';
import { checkLimit, findTraces, SearchTooDeep } from '../store/search.ts';
import type { SpanStore } from '../store/store.ts';
import type { Trace } from '../store/trace.ts';
import { RAW, SORTED } from './adjust.ts';
import { type Answer, envelope, type Problem, problem } from './envelope.ts';
import { toJaegerTrace } from './jaeger.ts';
import { BadParameter, parseTraceId } from './params.ts';
import { withUniqueIds } from './unique-ids.ts';
import { checkWindow, parseDependenciesQuery, parseRaw, parseV1Query } from './v1-query.ts';

const NOT_FOUND = 'trace not found';

/** The undocumented JSON API that Jaeger's own pages and most scripts use. The documented one is v3. */
export function v1Api(store: SpanStore, now: () => Date): Hono {
  const api = new Hono();
  const params = (c: Context): URLSearchParams => new URL(c.req.url).searchParams;
  const ok = (c: Context, answer: Answer): Response => {
    const pretty = c.req.query('prettyPrint') ?? '';
    const indent = pretty !== '' && pretty !== 'false' ? 4 : undefined;
    return c.body(JSON.stringify(envelope(answer), undefined, indent), 200, { 'content-type': 'application/json' });
  };
  const jaegerTrace = (trace: Trace, raw: boolean): unknown =>
    raw ? toJaegerTrace(trace.id, trace.sorted(), RAW) : toJaegerTrace(trace.id, withUniqueIds(trace), SORTED);

  api.onError((error, c) => {
    if (error instanceof BadParameter) return c.json(problem(400, error.message), 400);
    if (error instanceof SearchTooDeep) return c.json(problem(500, error.message), 500);
    throw error;
  });

  api.get('/services', (c) => {
    const data = store.services.names();
    return ok(c, { data, total: data.length });
  });

  api.get('/services/:service/operations', (c) => {
    const names = store.services.operations(c.req.param('service')).map(({ name }) => name);
    const data = [...new Set(names)];
    return ok(c, { data, total: data.length });
  });

  api.get('/operations', (c) => {
    const service = c.req.query('service') ?? '';
    if (service === '') throw new BadParameter("parameter 'service' is required");
    const data = store.services
      .operations(service, c.req.query('spanKind') ?? '')
      .map(({ name, spanKind }) => ({ name, spanKind: spanKind === 'unspecified' ? '' : spanKind }));
    return ok(c, { data, total: data.length });
  });

  api.get('/traces', (c) => {
    const parsed = parseV1Query(params(c), now());
    const raw = parseRaw(params(c));
    if ('query' in parsed) {
      checkLimit(store, parsed.query);
      return ok(c, { data: findTraces(store, parsed.query).map((trace) => jaegerTrace(trace, raw)) });
    }
    const data: unknown[] = [];
    const errors: Problem[] = [];
    for (const id of parsed.traceIds) {
      const trace = store.get(id);
      if (trace === undefined) errors.push({ msg: NOT_FOUND, traceID: id });
      else data.push(jaegerTrace(trace, raw));
    }
    return ok(c, { data, errors: errors.length > 0 ? errors : null });
  });

  api.get('/traces/:id', (c) => {
    const given = c.req.param('id');
    const id = parseTraceId(given);
    if (id === undefined) throw new BadParameter(`${JSON.stringify(given)} is not a trace id of 1 to 32 hex digits`);
    checkWindow(params(c));
    const raw = parseRaw(params(c));
    const trace = store.get(id);
    if (trace === undefined) return c.json(problem(404, NOT_FOUND), 404);
    return ok(c, { data: [jaegerTrace(trace, raw)] });
  });

  api.get('/dependencies', (c) => {
    const window = parseDependenciesQuery(params(c), now());
    const service = c.req.query('service') ?? '';
    const data = dependencies(store, window).filter(
      ({ parent, child }) => service === '' || parent === service || child === service,
    );
    return ok(c, { data });
  });

  api.all('/*', (c) => c.json(problem(404, `no such route: ${c.req.path}`), 404));
  return api;
}
