import { OpenAPIHono } from '@hono/zod-openapi';
import { type Logger, recordError, setHttpRoute } from '@hotel/telemetry';
import type { Context, ErrorHandler, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { routePath } from 'hono/route';
import { nothingHere } from './methods.ts';
import { problem } from './problem.ts';
import { refuseUndeclared } from './undeclared.ts';

const MAX_BODY_BYTES = 64 * 1024;
const METHODS_WITH_BODY = ['POST', 'PUT', 'PATCH'];

/** What a domain error's `code` becomes on the wire. What is not in the table is a 500, and its text stays in the process. */
export type ErrorTable = Record<string, { status: number; retryAfterS?: number }>;

/**
 * A Hono app that answers every error as a problem, tells the trace its routes, and refuses bodies that are too large or not JSON.
 * `/rooms` and `/rooms/` are the same.
 */
export function createApp({ errors, log }: { errors: ErrorTable; log: Logger }): OpenAPIHono {
  const app = new OpenAPIHono({ strict: false, defaultHook: refuseInvalidInput });
  app.onError(errorHandler(errors, log));
  app.notFound(nothingHere(app));
  app.use(tellRoute);
  app.on(METHODS_WITH_BODY, '*', limitBody, requireJson);
  app.use(refuseUndeclared(app));
  return app;
}

/** Middleware patterns (`/*`) are not routes: an unmatched path has none, or else every probe of a scanner would name a span. */
const tellRoute: MiddlewareHandler = async (c, next) => {
  await next();
  const route = routePath(c, -1);
  if (!route.endsWith('*')) setHttpRoute(route);
};

const tooLarge = (c: Context) => problem(c, { status: 413, detail: `a body may have ${MAX_BODY_BYTES} bytes at most` });
const limitStream = bodyLimit({ maxSize: MAX_BODY_BYTES, onError: tooLarge });

/** Hono's own limit looks at the body as a stream first, which costs more than the rest of the request's way through Hono. */
const limitBody: MiddlewareHandler = async (c, next) => {
  if (c.req.header('transfer-encoding') !== undefined) return limitStream(c, next);
  if (Number(c.req.header('content-length') ?? 0) > MAX_BODY_BYTES) return tooLarge(c);
  return next();
};

const requireJson: MiddlewareHandler = async (c, next) => {
  if (hasBody(c)) {
    const encoding = c.req.header('content-encoding')?.toLowerCase() ?? 'identity';
    if (encoding !== 'identity') return problem(c, { status: 415, detail: `send it as it is instead of ${encoding}` });
    const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
    if (type !== 'application/json') {
      return problem(c, { status: 415, detail: `send application/json instead of ${type || 'no content-type'}` });
    }
  }
  return next();
};

function hasBody(c: Context): boolean {
  return c.req.header('transfer-encoding') !== undefined || Number(c.req.header('content-length') ?? 0) > 0;
}

type Validation = { target: string } & (
  | { success: true; data: unknown }
  | { success: false; error: { issues: Array<{ path: PropertyKey[]; message: string }> } }
);

/** An id that cannot exist is not found, like one that does not; all other invalid input is 422. */
function refuseInvalidInput(result: Validation, c: Context): Response | undefined {
  if (result.success) return undefined;
  if (result.target === 'param') return problem(c, { status: 404, detail: `there is nothing at ${c.req.path}` });
  const errors = result.error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message }));
  const where = result.target === 'json' ? 'the body' : `the ${result.target}`;
  return problem(c, { status: 422, code: 'invalid_input', detail: `${where} is not valid`, errors });
}

function errorHandler(errors: ErrorTable, log: Logger): ErrorHandler {
  return (error, c) => {
    if (error instanceof HTTPException) {
      return problem(c, { status: error.status, detail: error.message || 'the request could not be understood' });
    }
    const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
    const known = code !== undefined && Object.hasOwn(errors, code) ? errors[code] : undefined;
    if (code !== undefined && known) return problem(c, { ...known, code, detail: error.message });
    recordError(error);
    log.error({ err: error }, 'a request failed');
    return problem(c, { status: 500, detail: 'something went wrong here; the log has more under this trace_id' });
  };
}
