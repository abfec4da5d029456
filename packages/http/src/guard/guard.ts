import type { ServerResponse } from 'node:http';
import type { Context, MiddlewareHandler } from 'hono';
import { problem } from '../problem.ts';
import { peerOf } from './peer.ts';
import { createRateLimit } from './rate-limit.ts';
import type { Caller, ReadCaller } from './tokens.ts';

/** Access control, rate limit and overload limit of a public app. Internal calls are guarded by `admitServices`. */
export interface Guard {
  /** Undefined: every caller may do everything. */
  readCaller: ReadCaller | undefined;
  /** Requests per second, per token, or per peer without one; 0: no limit. */
  rateLimit: number;
  /** Origins whose pages may use the API from a browser. */
  origins: string[];
  /** How many requests are in flight at the same time. */
  maxInFlight: number;
}

declare module 'hono' {
  interface ContextVariableMap {
    caller: Caller;
  }
}

const HEALTH = /^\/health\/?$/;
const NEEDS_NO_TOKEN = /^\/(health|docs|openapi\.json)\/?$/;
const READS = new Set(['GET', 'HEAD', 'OPTIONS']);
/** By then an overloaded process has finished what it holds. */
const OVERLOAD_RETRY_S = 1;

/**
 * Answers 429, 401 and 403, in this order and before the body is read. A wrong token counts against its peer, so that tokens cannot be
 * guessed one after the other.
 */
export function admit({ readCaller, rateLimit }: Guard): MiddlewareHandler {
  const waitFor = rateLimit > 0 ? createRateLimit({ perSecond: rateLimit, now: () => performance.now() }) : undefined;
  return async (c, next) => {
    const { path, method } = c.req;
    if (HEALTH.test(path)) return next();
    const authorization = c.req.header('authorization');
    const caller = readCaller?.(authorization);
    const retryAfterS = waitFor?.(caller ? `token ${caller.id}` : peerOf(c));
    if (retryAfterS !== undefined) {
      const detail = `more than ${rateLimit} requests a second; slow down`;
      return problem(c, { status: 429, code: 'too_many_requests', detail, retryAfterS });
    }
    if (readCaller === undefined || NEEDS_NO_TOKEN.test(path)) return next();
    if (caller === undefined) return unauthorized(c, authorization !== undefined);
    c.set('caller', caller);
    if (caller.mayWrite || READS.has(method)) return next();
    c.header('WWW-Authenticate', 'Bearer realm="hotel", error="insufficient_scope"');
    return problem(c, { status: 403, code: 'read_only_token', detail: 'this token may only read' });
  };
}

/** Whose request it is, for what is stored by caller: a digest of the token, '' where no tokens are set. */
export function callerOf(c: Context): string {
  return c.get('caller')?.digest ?? '';
}

/** RFC 6750, section 3: a request without a token gets no error code. */
export function unauthorized(c: Context, isWrong: boolean): Response {
  c.header('WWW-Authenticate', isWrong ? 'Bearer realm="hotel", error="invalid_token"' : 'Bearer realm="hotel"');
  const detail = isWrong ? 'this token is not known' : 'send a token: Authorization: Bearer <token>';
  return problem(c, { status: 401, code: isWrong ? 'unknown_token' : 'token_missing', detail });
}

/**
 * Refuses requests while `maxInFlight` are in flight: from when the body is there, since a slow sender must not take a place, until the
 * response has been sent or its connection is gone, since the memory of what a slow reader does not read has to be bounded.
 */
export function limitInFlight({ maxInFlight }: Guard): MiddlewareHandler {
  let inFlight = 0;
  return async (c, next) => {
    if (HEALTH.test(c.req.path)) return next();
    if (inFlight >= maxInFlight) {
      const detail = 'too many requests are in flight; nothing has been done, try again';
      return problem(c, { status: 503, code: 'overloaded', detail, retryAfterS: OVERLOAD_RETRY_S });
    }
    const release = () => {
      inFlight--;
    };
    inFlight++;
    try {
      await next();
    } finally {
      const { outgoing } = (c.env ?? {}) as { outgoing?: ServerResponse };
      if (outgoing && !outgoing.closed) outgoing.once('close', release);
      else release();
    }
  };
}
