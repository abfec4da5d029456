/**
 * What the library does at both ends of an HTTP call, written out. `HOTEL_PROPAGATION=hand` uses it instead of
 * `tracedFetch` and `traceRequests` (packages/telemetry); the traces look the same. Attributes follow
 * https://opentelemetry.io/docs/specs/semconv/http/http-spans/
 */

import type { IncomingMessage } from 'node:http';
import type { tracedFetch } from '@hotel/http-client';
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

/** Client side: starts a CLIENT span and injects its context into the headers. */
export const fetchByHand: typeof tracedFetch = async (url, { recordedPath = url.pathname, ...call }) => {
  const attributes = {
    'http.request.method': call.method,
    'server.address': url.hostname.replace(/^\[|\]$/g, ''),
    'server.port': Number(url.port || (url.protocol === 'https:' ? 443 : 80)),
    // Without the query string and credentials.
    'url.full': url.origin + recordedPath,
  };
  const span = tracer.startSpan(call.method, { kind: SpanKind.CLIENT, attributes, startTime: now() });
  // Starting a span does not put it into a context: without this line the callee would be a sibling of this span, not
  // its child.
  const here = trace.setSpan(context.active(), span);

  // INJECT. The propagator chooses the headers (traceparent, tracestate, baggage); we set them.
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
    // `fetch` only throws "fetch failed"; the reason is in `cause`.
    fail(span, error instanceof Error && error.cause ? error.cause : error);
    throw error;
  } finally {
    span.end(now());
  }
};

/** Server side: extracts the context from the headers and starts a SERVER span below it. */
export const serveByHand: MiddlewareHandler<{ Bindings: { incoming?: IncomingMessage } }> = async (c, next) => {
  // EXTRACT. Into the root context, so that nothing of the active context leaks in.
  const parent = propagation.extract(ROOT_CONTEXT, c.req.raw.headers, {
    keys: (carrier) => [...carrier.keys()],
    get: (carrier, name) => carrier.get(name) ?? undefined,
  });

  // Unknown methods would create any number of span names.
  const isKnown = KNOWN_METHODS.includes(c.req.method);
  const method = isKnown ? c.req.method : 'HTTP';
  const attributes: Attributes = {
    'http.request.method': isKnown ? c.req.method : '_OTHER',
    ...(isKnown ? {} : { 'http.request.method_original': c.req.method }),
    'url.path': c.req.path,
    'url.scheme': 'http',
    ...addressesOf(c.env?.incoming, c.req.header('host')),
    'user_agent.original': c.req.header('user-agent'),
    // Callers can put anything into baggage, so record only one known entry.
    'hotel.baggage.channel': propagation.getBaggage(parent)?.getEntry('channel')?.value.slice(0, 128),
  };
  const span = tracer.startSpan(method, { kind: SpanKind.SERVER, attributes, startTime: now() }, parent);
  returnTrace();
  try {
    // The span is active for everything that runs in here, across every `await`.
    await context.with(trace.setSpan(parent, span), next);
  } finally {
    // The matched route is known only now; a name containing the path would differ for every user.
    const route = routePath(c, -1);
    if (!route.endsWith('*')) span.updateName(`${method} ${route}`).setAttribute('http.route', route);
    span.setAttribute('http.response.status_code', c.res.status);
    if (c.res.status >= 500) markFailed(span, String(c.res.status));
    span.end(now());
  }

  /** Without an SDK the span context is all zeros and must not be sent. */
  function returnTrace(): void {
    const own = span.spanContext();
    if (!isSpanContextValid(own)) return;
    c.header('traceresponse', `00-${own.traceId}-${own.spanId}-${own.traceFlags.toString(16).padStart(2, '0')}`);
    c.header('server-timing', `trace;desc=${own.traceId}`);
  }
};

/** Peer and server addresses and the HTTP version. `Host` is untrusted: callers can send anything. */
function addressesOf(incoming: IncomingMessage | undefined, host = ''): Attributes {
  const [, ipv6, name, port] = HOST.exec(host) ?? [];
  return {
    'server.address': ipv6 ?? name,
    ...(Number(port) >= 1 && Number(port) <= 65_535 ? { 'server.port': Number(port) } : {}),
    'client.address': incoming?.socket.remoteAddress,
    'network.protocol.version': incoming?.httpVersion,
  };
}
