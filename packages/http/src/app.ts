import { OpenAPIHono } from '@hono/zod-openapi';
import type { Logger } from '@hotel/log';
import { within } from '@hotel/runtime';
import { recordError, setHttpRoute } from '@hotel/telemetry';
import type { Context, ErrorHandler, MiddlewareHandler, Next } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { routePath } from 'hono/route';
import { allowOrigins, refuseOtherSites } from './guard/cors.ts';
import { admit, type Guard, limitInFlight } from './guard/guard.ts';
import { admitServices } from './guard/internal.ts';
import { problem } from './problem.ts';
import { METHODS_WITH_BODY, takeBody } from './request/body.ts';
import { nothingHere } from './request/methods.ts';
import { type Invalid, validateDeclared } from './request/validate.ts';
import { secureHeaders } from './secure-headers.ts';

/** Maps the `code` of a domain error to a response. Any other error is a 500 whose text never leaves the process. */
export type ErrorTable = Record<string, { status: number; retryAfterS?: number; detail?: string }>;

/** Errors of `@hotel/sqlite` and `@hotel/postgres`. Their messages contain a file name or an address, which must not leave the process. */
export const databaseErrors = {
  database_busy: { status: 503, retryAfterS: 1, detail: 'the database is busy; nothing was written' },
  database_unavailable: {
    status: 503,
    retryAfterS: 10,
    detail: 'the storage of the database fails; try again, and repeat a POST with the same Idempotency-Key',
  },
  database_unreachable: {
    status: 503,
    retryAfterS: 5,
    detail: 'the database cannot be reached; try again, and repeat a POST with the same Idempotency-Key',
  },
  database_full: { status: 503, retryAfterS: 10, detail: 'the disk of the database is full; nothing was written' },
} satisfies ErrorTable;

/**
 * How long a request may wait for its database and other services in total. A database that does not answer takes 2 s
 * longer to detect, and clients that give up after 15 s must still get their 503.
 */
const RESPONSE_WITHIN_MS = 11_000;

export interface AppOptions {
  errors: ErrorTable;
  log: Logger;
  /** For public listeners. */
  guard?: Guard | undefined;
  /** Whether a path needs no token. Such a path must neither show nor change data. */
  isOpen?: (path: string) => boolean;
  /** `HOTEL_INTERNAL_TOKEN`, required for paths below `/internal`, which only services call. */
  internalToken?: string | undefined;
}

/**
 * A Hono app that returns every error as a problem, records the matched route on the span, and rejects bodies that are
 * too large or not UTF-8 JSON. `/rooms` and `/rooms/` are the same.
 */
export function createApp({ errors, log, guard, isOpen, internalToken }: AppOptions): OpenAPIHono {
  const app = new OpenAPIHono({ strict: false });
  const notFound = nothingHere(app);
  // A malformed id is 404, like an unknown one; all other invalid input is 422.
  validateDeclared(app, (c, invalid) => (invalid.target === 'param' ? notFound(c) : refuseInvalidInput(c, invalid)));
  app.onError(errorHandler(errors, log));
  app.notFound(notFound);
  app.use(sizeHead, recordRoute, secureHeaders);
  if (guard && guard.origins.length > 0) app.use(allowOrigins(guard.origins));
  if (guard) app.use(refuseOtherSites(guard.origins), admit(guard, isOpen));
  if (internalToken) app.use('/internal/*', admitServices(internalToken));
  app.on(METHODS_WITH_BODY, '*', takeBody);
  if (guard) app.use(limitInFlight(guard));
  app.use(limitTime);
  return app;
}

/** From the arrival of the whole body, so that slow senders lose no time. */
const limitTime: MiddlewareHandler = (_, next) => within(RESPONSE_WITHIN_MS, next);

/** Sets the Content-Length of `GET` on `HEAD`. Hono drops the body, and with it the length. */
const sizeHead: MiddlewareHandler = (c, next) => (c.req.method === 'HEAD' ? answerSized(c, next) : next());

async function answerSized(c: Context, next: Next): Promise<void> {
  await next();
  if (c.res.body === null) return;
  const { byteLength } = await c.res.clone().arrayBuffer();
  c.header('content-length', String(byteLength));
}

/**
 * Middleware patterns (`/*`) are not routes. Unmatched paths get none, or a scanner could create any number of span
 * names.
 */
const recordRoute: MiddlewareHandler = (c, next) => {
  const route = routePath(c, -1);
  if (!route.endsWith('*')) setHttpRoute(route);
  return next();
};

function refuseInvalidInput(c: Context, { target, issues }: Invalid): Response {
  const errors = issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message }));
  const where = target === 'json' ? 'the body' : `the ${target}`;
  return problem(c, { status: 422, code: 'invalid_input', detail: `${where} is not valid`, errors });
}

function errorHandler(errors: ErrorTable, log: Logger): ErrorHandler {
  return (error, c) => {
    if (error instanceof HTTPException) {
      return problem(c, { status: error.status, detail: error.message || 'the request could not be understood' });
    }
    const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
    const known = code !== undefined && Object.hasOwn(errors, code) ? errors[code] : undefined;
    if (code !== undefined && known) {
      if (known.detail) log.warn({ err: error }, 'a request could not be served');
      return problem(c, { detail: error.message, ...known, code });
    }
    recordError(error);
    log.error({ err: error }, 'a request failed');
    return problem(c, { status: 500, detail: 'internal error; the log has the details under this trace_id' });
  };
}
