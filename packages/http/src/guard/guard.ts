import type { ServerResponse } from 'node:http';
import type { Context, MiddlewareHandler } from 'hono';
import { problem } from '../problem.ts';
import { peerOf } from './peer.ts';
import { createRateLimit } from './rate-limit.ts';
import type { Caller, ReadCaller } from './tokens.ts';

/** Access control, rate limit and concurrency limit of a public app. `admitServices` guards internal calls. */
export interface Guard {
  /** Undefined: every caller may do everything. */
  readCaller: ReadCaller | undefined;
  /** Requests per second, per token, or per peer for requests without a token; 0: no limit. */
  rateLimit: number;
  /** Origins whose pages may call the API from a browser. */
  origins: string[];
  /** Maximum number of concurrent requests. */
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
/** Long enough for an overloaded process to finish its current requests. */
const OVERLOAD_RETRY_S = 1;

/**
 * Returns 429, 401 or 403, checked in this order and before the body is read. A wrong token counts against the limit of
 * its peer, so that tokens cannot be guessed by trial.
 * @param isOpen whether a path needs no token, besides those that every API has
 */
export function admit(
  { readCaller, rateLimit }: Guard,
  isOpen: (path: string) => boolean = () => false,
): MiddlewareHandler {
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
    if (readCaller === undefined || NEEDS_NO_TOKEN.test(path) || isOpen(path)) return next();
    if (caller === undefined) return unauthorized(c, authorization !== undefined);
    c.set('caller', caller);
    if (caller.mayWrite || READS.has(method)) return next();
    c.header('WWW-Authenticate', 'Bearer realm="hotel", error="insufficient_scope"');
    return problem(c, { status: 403, code: 'read_only_token', detail: 'this token may only read' });
  };
}

/** Identifies the caller in stored data: a digest of the token, or '' if no tokens are configured. */
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
 * Rejects requests while `maxInFlight` are in flight. A request counts from the arrival of its whole body, so that slow
 * senders take no slot, until its response is sent or its connection closes, so that unread responses to slow readers
 * cannot fill the memory.
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
