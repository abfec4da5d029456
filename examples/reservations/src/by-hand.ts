/**
 * What the library does at the two ends of an HTTP call, written out. `HOTEL_PROPAGATION=hand` uses it in the place of
 * `tracedFetch` and `traceRequests` (packages/telemetry), and the traces look the same. The attributes are those of the conventions:
 * https://opentelemetry.io/docs/specs/semconv/http/http-spans/
 */
import type { IncomingMessage } from 'node:http';
import type { tracedFetch } from '@hotel/telemetry';
import { now } from '@hotel/telemetry';
import {
  type Attributes,
  context,
  isSpanContextValid,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  trace,
} from '@opentelemetry/api';
import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import { fail, markFailed, tracer } from './spans.ts';

const KNOWN_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'QUERY'];
const HOST = /^(?:\[([0-9a-f:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/i;

/** The caller's end: a CLIENT span, and its context written into the headers. */
export const fetchByHand: typeof tracedFetch = async (url, { recordedPath = url.pathname, ...call }) => {
  const attributes = {
    'http.request.method': call.method,
    'server.address': url.hostname.replace(/^\[|\]$/g, ''),
    'server.port': Number(url.port || (url.protocol === 'https:' ? 443 : 80)),
    // Neither the query string nor a name and a password.
    'url.full': url.origin + recordedPath,
  };
  const span = tracer.startSpan(call.method, { kind: SpanKind.CLIENT, attributes, startTime: now() });
  // A span is not in a context by itself: without this line the callee would be the sibling of this span, not its child.
  const here = trace.setSpan(context.active(), span);

  // INJECT. Which headers are set (traceparent, tracestate, baggage) is the propagator's business; how, is ours.
  const headers = new Headers(call.headers);
  propagation.inject(here, headers, { set: (carrier, name, value) => carrier.set(name, value) });

  try {
    const response = await fetch(url, { ...call, headers });
    const text = await response.text();
    span.setAttribute('http.response.status_code', response.status);
    if (response.status >= 400) markFailed(span, String(response.status));
    const { status, ok } = response;
    return { status, ok, headers: response.headers, text: async () => text, json: async () => JSON.parse(text) };
  } catch (error) {
    // What `fetch` throws says only that it failed; why, is its cause.
    fail(span, error instanceof Error && error.cause ? error.cause : error);
    throw error;
  } finally {
    span.end(now());
  }
};

/** The other end: the context read from the headers, and a SERVER span below it. */
export const serveByHand: MiddlewareHandler<{ Bindings: { incoming?: IncomingMessage } }> = async (c, next) => {
  // EXTRACT. From the root context, so that nothing of whatever happens to be active gets in.
  const parent = propagation.extract(ROOT_CONTEXT, c.req.raw.headers, {
    keys: (carrier) => [...carrier.keys()],
    get: (carrier, name) => carrier.get(name) ?? undefined,
  });

  // A method that somebody has made up would be another name for every caller.
  const isKnown = KNOWN_METHODS.includes(c.req.method);
  const method = isKnown ? c.req.method : 'HTTP';
  const attributes: Attributes = {
    'http.request.method': isKnown ? c.req.method : '_OTHER',
    ...(isKnown ? {} : { 'http.request.method_original': c.req.method }),
    'url.path': c.req.path,
    'url.scheme': 'http',
    ...addressesOf(c.env?.incoming, c.req.header('host')),
    'user_agent.original': c.req.header('user-agent'),
    // What callers may hand along to everybody. Only what is asked for is written down: it may be anything.
    'hotel.baggage.channel': propagation.getBaggage(parent)?.getEntry('channel')?.value.slice(0, 128),
  };
  const span = tracer.startSpan(method, { kind: SpanKind.SERVER, attributes, startTime: now() }, parent);
  tellCaller();
  try {
    // Everything that runs in here, across every `await`, finds the span as the active one.
    await context.with(trace.setSpan(parent, span), next);
  } finally {
    // Only now is it known which route the path has matched; a name with the path in it would be another one for every user.
    const route = routePath(c, -1);
    if (!route.endsWith('*')) span.updateName(`${method} ${route}`).setAttribute('http.route', route);
    span.setAttribute('http.response.status_code', c.res.status);
    if (c.res.status >= 500) markFailed(span, String(c.res.status));
    span.end(now());
  }

  /** Without an SDK there is no span: its context is all zeros, and nobody must be told of it. */
  function tellCaller(): void {
    const own = span.spanContext();
    if (!isSpanContextValid(own)) return;
    c.header('traceresponse', `00-${own.traceId}-${own.spanId}-${own.traceFlags.toString(16).padStart(2, '0')}`);
    c.header('server-timing', `trace;desc=${own.traceId}`);
  }
};

/** Who has called whom, and over which version of HTTP. What a caller writes into `Host` may be anything. */
function addressesOf(incoming: IncomingMessage | undefined, host = ''): Attributes {
  const [, ipv6, name, port] = HOST.exec(host) ?? [];
  return {
    'server.address': ipv6 ?? name,
    ...(Number(port) >= 1 && Number(port) <= 65_535 ? { 'server.port': Number(port) } : {}),
    'client.address': incoming?.socket.remoteAddress,
    'network.protocol.version': incoming?.httpVersion,
  };
}
