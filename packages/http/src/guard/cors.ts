import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';

/** What callers send beyond what every browser may. */
const REQUEST_HEADERS = [
  ...['Authorization', 'Content-Type', 'Idempotency-Key', 'If-Match', 'If-None-Match'],
  ...['traceparent', 'tracestate', 'baggage'],
];
/** What scripts may read of an answer beyond what they always may. */
const RESPONSE_HEADERS = [
  ...['ETag', 'Link', 'Location', 'Allow', 'Retry-After', 'WWW-Authenticate'],
  ...['traceresponse', 'Server-Timing'],
];
const METHODS = ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'];
const PREFLIGHT_KEPT_S = 600;

/**
 * Lets pages of these origins use the API from a browser (https://fetch.spec.whatwg.org/#http-cors-protocol). Before tokens are asked
 * for: a preflight brings none, and a page has to be able to read why it was refused. No cookies: there are none.
 */
export function allowOrigins(origins: string[]): MiddlewareHandler {
  const allow = cors({
    origin: origins,
    allowMethods: METHODS,
    allowHeaders: REQUEST_HEADERS,
    exposeHeaders: RESPONSE_HEADERS,
    maxAge: PREFLIGHT_KEPT_S,
  });
  return (c, next) => {
    // Hono takes every OPTIONS for a preflight; others ask what a path allows.
    const isPlain = c.req.method === 'OPTIONS' && c.req.header('access-control-request-method') === undefined;
    return isPlain ? next() : allow(c, next);
  };
}
