import type { MiddlewareHandler } from 'hono';

/** An answer of ours is data: nothing to run, to frame, to guess the type of, or to keep. `/docs` has a policy of its own. */
export const secureHeaders: MiddlewareHandler = (c, next) => {
  c.header('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
  c.header('x-content-type-options', 'nosniff');
  c.header('referrer-policy', 'no-referrer');
  c.header('cache-control', 'no-store');
  return next();
};
