import type { MiddlewareHandler } from 'hono';
import { setHeader } from './answer-header.ts';

/** Responses are data: not to be executed, framed, sniffed or cached. `/docs` has its own policy. */
export const secureHeaders: MiddlewareHandler = (c, next) => {
  setHeader(c, 'content-security-policy', "default-src 'none'; frame-ancestors 'none'");
  setHeader(c, 'x-content-type-options', 'nosniff');
  setHeader(c, 'referrer-policy', 'no-referrer');
  setHeader(c, 'cache-control', 'no-store');
  return next();
};
