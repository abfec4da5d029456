import type { MiddlewareHandler } from 'hono';
import { setHeader } from './answer-header.ts';

/** An answer of ours is data: nothing to run, to frame, to guess the type of, or to keep. `/docs` has a policy of its own. */
export const secureHeaders: MiddlewareHandler = (c, next) => {
  setHeader(c, 'content-security-policy', "default-src 'none'; frame-ancestors 'none'");
  setHeader(c, 'x-content-type-options', 'nosniff');
  setHeader(c, 'referrer-policy', 'no-referrer');
  setHeader(c, 'cache-control', 'no-store');
  return next();
};
