import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';

/** Request headers allowed beyond the CORS-safelisted ones. */
const REQUEST_HEADERS = [
  ...['Authorization', 'Content-Type', 'Idempotency-Key', 'If-Match', 'If-None-Match'],
  ...['traceparent', 'tracestate', 'baggage'],
];
/** Response headers exposed to scripts beyond the CORS-safelisted ones. */
const RESPONSE_HEADERS = [
  ...['ETag', 'Link', 'Location', 'Allow', 'Retry-After', 'WWW-Authenticate'],
  ...['traceresponse', 'Server-Timing'],
];
const METHODS = ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'];
const PREFLIGHT_KEPT_S = 600;

/**
 * Lets pages of these origins call the API (https://fetch.spec.whatwg.org/#http-cors-protocol). Must run before the
 * token check: a preflight carries no token, and a page must be able to read why it was rejected. Credentials stay off,
 * since the API has no cookies.
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
    // Hono treats every OPTIONS as a preflight; a plain one asks for the allowed methods.
    const isPlain = c.req.method === 'OPTIONS' && c.req.header('access-control-request-method') === undefined;
    return isPlain ? next() : allow(c, next);
  };
}
