import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { problem } from './problem.ts';

const MAX_BODY_BYTES = 64 * 1024;
export const METHODS_WITH_BODY = ['POST', 'PUT', 'PATCH'];

const tooLarge = (c: Context) => problem(c, { status: 413, detail: `a body may have ${MAX_BODY_BYTES} bytes at most` });
const limitStream = bodyLimit({ maxSize: MAX_BODY_BYTES, onError: tooLarge });

/**
 * Takes a body that is JSON and not too large, and waits until it is there: who sends slowly, or goes away, has begun no work.
 * What its head says is enough to refuse it.
 */
export const takeBody: MiddlewareHandler = async (c, next) => {
  if (!hasBody(c)) return next();
  if (Number(c.req.header('content-length') ?? 0) > MAX_BODY_BYTES) return tooLarge(c);
  return refuseOtherThanJson(c) ?? (await read(c)) ?? next();
};

function hasBody(c: Context): boolean {
  return isChunked(c) || Number(c.req.header('content-length') ?? 0) > 0;
}

function isChunked(c: Context): boolean {
  return c.req.header('transfer-encoding') !== undefined;
}

function refuseOtherThanJson(c: Context): Response | undefined {
  const encoding = c.req.header('content-encoding')?.toLowerCase() ?? 'identity';
  if (encoding !== 'identity') return problem(c, { status: 415, detail: `send it as it is instead of ${encoding}` });
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type === 'application/json') return undefined;
  return problem(c, { status: 415, detail: `send application/json instead of ${type || 'no content-type'}` });
}

/** Hono's own limit looks at the body as a stream first, which costs more than the rest of the request's way through Hono. */
async function read(c: Context): Promise<Response | undefined> {
  try {
    const refused = isChunked(c) ? await limitStream(c, async () => {}) : undefined;
    // Hono keeps the text for the route.
    if (!refused) await c.req.text();
    return refused ?? undefined;
  } catch {
    // Nobody is there to read this, but it is not a failure of ours that a log should tell.
    return problem(c, { status: 400, detail: 'the body did not arrive' });
  }
}
