import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import { problem } from '../problem.ts';

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
const OTHER_SITE = /^(cross|same)-site$/;
const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

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

/**
 * Rejects writes by pages of origins other than these and our own: a POST without a body needs no preflight, and a browser
 * can reach a hotel without tokens in the network of its user. https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
 */
export function refuseOtherSites(origins: string[]): MiddlewareHandler {
  return async (c, next) => {
    const isOther = OTHER_SITE.test(c.req.header('sec-fetch-site') ?? '');
    if (!isOther || READS.has(c.req.method) || origins.includes(c.req.header('origin') ?? '')) return next();
    const detail = 'pages of other origins may not write here; HOTEL_CORS_ORIGINS lists those that may';
    return problem(c, { status: 403, code: 'other_origin', detail });
  };
}
