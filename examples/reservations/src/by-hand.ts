/**
 * What the library does at the two ends of an HTTP call, written out. `HOTEL_PROPAGATION=hand` uses it in the place of
 * `tracedFetch` and `traceRequests` (packages/telemetry), and the traces look the same.
 */
import { now } from '@hotel/telemetry';
import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import { fail, tracer } from './spans.ts';

/** The caller's end: a CLIENT span, and its context written into the headers. */
export async function fetchByHand(url: URL, init: RequestInit & { method: string }): Promise<Response> {
  const attributes = {
    'http.request.method': init.method,
    'server.address': url.hostname,
    'server.port': Number(url.port),
    'url.full': url.origin + url.pathname,
  };
  const span = tracer.startSpan(init.method, { kind: SpanKind.CLIENT, attributes, startTime: now() });
  // A span is not in a context by itself: without this line the callee would be the sibling of this span, not its child.
  const here = trace.setSpan(context.active(), span);

  // INJECT. Which headers are set (traceparent, tracestate, baggage) is the propagator's business; how, is ours.
  const headers = new Headers(init.headers);
  propagation.inject(here, headers, { set: (carrier, name, value) => carrier.set(name, value) });

  try {
    const response = await fetch(url, { ...init, headers });
    span.setAttribute('http.response.status_code', response.status);
    if (response.status >= 400) span.setStatus({ code: SpanStatusCode.ERROR });
    return response;
  } catch (error) {
    fail(span, error instanceof Error && error.cause ? error.cause : error);
    throw error;
  } finally {
    span.end(now());
  }
}

/** The other end: the context read from the headers, and a SERVER span below it. */
export const serveByHand: MiddlewareHandler = async (c, next) => {
  // EXTRACT. From the root context, so that nothing of whatever happens to be active gets in.
  const parent = propagation.extract(ROOT_CONTEXT, c.req.raw.headers, {
    keys: (carrier) => [...carrier.keys()],
    get: (carrier, name) => carrier.get(name) ?? undefined,
  });

  const { method, path } = c.req;
  const attributes = { 'http.request.method': method, 'url.path': path, 'url.scheme': 'http' };
  const span = tracer.startSpan(method, { kind: SpanKind.SERVER, attributes, startTime: now() }, parent);
  const { traceId, spanId, traceFlags } = span.spanContext();
  c.header('traceresponse', `00-${traceId}-${spanId}-0${traceFlags}`);
  try {
    // Everything that runs in here, across every `await`, finds the span as the active one.
    await context.with(trace.setSpan(parent, span), next);
  } finally {
    // Only now is it known which route the path has matched; a name with the path in it would be another one for every user.
    const route = routePath(c, -1);
    if (!route.endsWith('*')) span.updateName(`${method} ${route}`).setAttribute('http.route', route);
    span.setAttribute('http.response.status_code', c.res.status);
    if (c.res.status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(now());
  }
};
