import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import {
  type Attributes,
  type Context,
  context,
  type HrTime,
  INVALID_SPAN_CONTEXT,
  propagation,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  trace,
} from '@opentelemetry/api';
import { getRPCMetadata, type RPCMetadata, RPCType, setRPCMetadata } from '@opentelemetry/core';
import {
  ATTR_CLIENT_ADDRESS,
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_REQUEST_METHOD_ORIGINAL,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_NETWORK_PROTOCOL_VERSION,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_URL_PATH,
  ATTR_URL_SCHEME,
  ATTR_USER_AGENT_ORIGINAL,
} from '../attributes.ts';
import { baggageAttributes } from '../propagation/baggage.ts';
import { traceparentOf } from '../propagation/trace-context.ts';
import { telemetryState } from '../setup/state.ts';
import { type Moment, moment } from './moment.ts';
import { createServerReader, type NamedServer, pathOf } from './request-target.ts';
import { markFailed, tracer } from './spans.ts';

/**
 * How to treat the caller's trace. `continue`: the request joins it. `restart`: a new trace begins, with a link to the
 * caller's; the caller's sampling decision, tracestate and baggage are ignored.
 * https://www.w3.org/TR/trace-context/#privacy-of-traceparent-field
 */
export type TraceEdge = 'continue' | 'restart';

/**
 * Neither traced nor counted: probes that machines send every few seconds, the API's documentation, the front desk's
 * files and streams, and what browsers report of their own traces.
 */
const UNTRACED = new Set([
  ...['/health', '/livez', '/readyz', '/metrics', '/docs', '/openapi.json'],
  ...['page.js', 'telemetry.js', 'page.css', 'icon.svg', 'updates', 'v1/traces', 'v1/logs'].map(
    (name) => `/front-desk/${name}`,
  ),
]);
const KNOWN_METHODS = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
  'PATCH',
  'QUERY',
]);
const MAX_TEXT = 256;
const NOT_RECORDED = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);

/**
 * One SERVER span around each request of one listener, on the HTTP semantic conventions
 * (https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span). The listener decides the edge, never
 * a header; hence this wraps one listener, where instrumentation-http patches all of `node:http`.
 */
export function traceRequests(listener: RequestListener, edge: TraceEdge): RequestListener {
  const serverOf = createServerReader();
  return (request, response) => {
    const path = pathOf(request);
    // `/health/` is `/health`.
    if (UNTRACED.has(path.replace(/\/$/, ''))) {
      listener(request, response);
      return;
    }
    const caller = propagation.extract(ROOT_CONTEXT, request.headers);
    const parent = edge === 'continue' ? caller : ROOT_CONTEXT;
    const began = performance.now();
    const method = KNOWN_METHODS.has(request.method ?? '') ? `${request.method}` : '_OTHER';
    const metadata: RPCMetadata = { type: RPCType.HTTP, span: NOT_RECORDED };
    const known = setRPCMetadata(parent, metadata);
    const span = telemetryState.enabled
      ? startServerSpan(request, metadata, {
          method,
          path,
          server: serverOf(request),
          parent: known,
          caller: edge === 'restart' ? caller : undefined,
        })
      : undefined;
    const here = span ? trace.setSpan(known, span) : known;
    if (span) returnTraceId(response, here);
    const completedAt = recordCompletion(response);
    const handled: unknown = context.with(here, listener, undefined, request, response);
    response.once('close', async () => {
      // The work may continue after the client disconnects; the span ends with the work, not before its own children.
      if (!response.writableFinished) await Promise.allSettled([handled]);
      const end = response.writableFinished ? completedAt() : moment();
      measure(here, method, metadata.route, end.ms - began, response);
      if (span) endServerSpan(span, method, metadata.route, response, end.time);
    });
  };
}

/**
 * When the response was complete: just before its last bytes are handed to the socket. The caller may read them from
 * then on, so a span that ended at the socket's `finish` would end after the caller's own.
 */
function recordCompletion(response: ServerResponse): () => Moment {
  let answered: Moment | undefined;
  const end = response.end;
  response.end = function (this: ServerResponse, ...args: Parameters<typeof end>) {
    answered ??= moment();
    return end.apply(this, args);
  } as typeof end;
  return () => answered ?? moment();
}

/** Attributes a caller cannot invent: an unknown method is `_OTHER`, an unmatched path has no route. */
function measure(
  here: Context,
  method: string,
  route: string | undefined,
  durationMs: number,
  response: ServerResponse,
): void {
  const { metrics } = telemetryState;
  if (!metrics) return;
  const attributes: Attributes = { [ATTR_HTTP_REQUEST_METHOD]: method, [ATTR_URL_SCHEME]: 'http' };
  if (route) attributes[ATTR_HTTP_ROUTE] = route;
  if (response.headersSent) attributes[ATTR_HTTP_RESPONSE_STATUS_CODE] = response.statusCode;
  const errorType = errorTypeOf(response);
  if (errorType) attributes[ATTR_ERROR_TYPE] = errorType;
  metrics.httpServerDuration.record(durationMs / 1_000, attributes, here);
}

function errorTypeOf(response: ServerResponse): string | undefined {
  // https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-call-connection-dropped-before-response-body-was-sent
  if (!response.writableFinished) return 'client_disconnected';
  return response.statusCode >= 500 ? String(response.statusCode) : undefined;
}

/** The link names the caller's trace, without the caller's tracestate. */
function withoutState({ traceId, spanId, traceFlags, isRemote = true }: SpanContext): SpanContext {
  return { traceId, spanId, traceFlags, isRemote };
}

interface RequestFacts {
  method: string;
  path: string;
  server: NamedServer;
  parent: Context;
  /** Set where the trace restarts. */
  caller: Context | undefined;
}

function startServerSpan(
  request: IncomingMessage,
  metadata: RPCMetadata,
  { method, path, server, parent, caller }: RequestFacts,
): Span {
  const callerSpan = caller && trace.getSpanContext(caller);
  const span = tracer.startSpan(
    nameOf(method),
    {
      kind: SpanKind.SERVER,
      attributes: Object.assign(requestAttributes(request, method, path, server), baggageAttributes(parent)),
      links: callerSpan ? [{ context: withoutState(callerSpan) }] : [],
    },
    parent,
  );
  metadata.span = span;
  return span;
}

function nameOf(method: string): string {
  return method === '_OTHER' ? 'HTTP' : method;
}

function returnTraceId(response: ServerResponse, here: Context): void {
  const traceparent = traceparentOf(here);
  if (!traceparent) return;
  response.setHeader('traceresponse', traceparent);
  response.setHeader('server-timing', `trace;desc=${trace.getSpanContext(here)?.traceId}`);
}

function endServerSpan(
  span: Span,
  method: string,
  route: string | undefined,
  response: ServerResponse,
  end: HrTime,
): void {
  if (route) {
    span.updateName(`${nameOf(method)} ${route}`);
    span.setAttribute(ATTR_HTTP_ROUTE, route);
  }
  if (response.headersSent) span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, response.statusCode);
  const errorType = errorTypeOf(response);
  if (errorType) markFailed(span, errorType);
  span.end(end);
}

function requestAttributes(
  request: IncomingMessage,
  method: string,
  path: string,
  { address, port }: NamedServer,
): Attributes {
  const attributes: Attributes = {
    [ATTR_HTTP_REQUEST_METHOD]: method,
    [ATTR_URL_PATH]: path.slice(0, MAX_TEXT),
    [ATTR_URL_SCHEME]: 'http',
    [ATTR_NETWORK_PROTOCOL_VERSION]: request.httpVersion,
  };
  if (method === '_OTHER') attributes[ATTR_HTTP_REQUEST_METHOD_ORIGINAL] = request.method?.slice(0, MAX_TEXT);
  if (address) attributes[ATTR_SERVER_ADDRESS] = address;
  if (port) attributes[ATTR_SERVER_PORT] = port;
  if (request.socket.remoteAddress) attributes[ATTR_CLIENT_ADDRESS] = request.socket.remoteAddress;
  const agent = request.headers['user-agent'];
  if (agent) attributes[ATTR_USER_AGENT_ORIGINAL] = agent.slice(0, MAX_TEXT);
  return attributes;
}

/**
 * Sets the route that a request matched (`/api/v1/bookings/:id`), which only the router knows. Without it all spans are
 * named `GET`; with the path, every booking would have its own span name.
 */
export function setHttpRoute(route: string): void {
  const metadata = getRPCMetadata(context.active());
  if (metadata?.type === RPCType.HTTP) metadata.route = route;
}
