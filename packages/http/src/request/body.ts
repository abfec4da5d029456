import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { problem } from '../problem.ts';

declare module 'hono' {
  interface ContextVariableMap {
    bodyText: string;
  }
}

const MAX_BODY_BYTES = 64 * 1024;
export const METHODS_WITH_BODY = ['POST', 'PUT', 'PATCH'];

const tooLarge = (c: Context) => problem(c, { status: 413, detail: `a body may have ${MAX_BODY_BYTES} bytes at most` });
const limitStream = bodyLimit({ maxSize: MAX_BODY_BYTES, onError: tooLarge });
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Takes a body that is JSON in UTF-8 and not too large, and waits until all of it has arrived: a slow sender, or one that goes away,
 * has begun no work. What the head says is enough to refuse it.
 */
export const takeBody: MiddlewareHandler = async (c, next) => {
  if (!hasBody(c)) return next();
  if (Number(c.req.header('content-length') ?? 0) > MAX_BODY_BYTES) return tooLarge(c);
  return refuseMediaType(c) ?? (await read(c)) ?? next();
};

/** The text of the body; undefined where there is none. */
export function bodyTextOf(c: Context): string | undefined {
  return c.get('bodyText');
}

function hasBody(c: Context): boolean {
  return isChunked(c) || Number(c.req.header('content-length') ?? 0) > 0;
}

function isChunked(c: Context): boolean {
  return c.req.header('transfer-encoding') !== undefined;
}

function refuseMediaType(c: Context): Response | undefined {
  const encoding = c.req.header('content-encoding')?.toLowerCase() ?? 'identity';
  if (encoding !== 'identity')
    return problem(c, { status: 415, detail: `send the body as it is instead of ${encoding}` });
  const [type = '', ...parameters] = (c.req.header('content-type') ?? '').split(';').map((part) => part.trim());
  if (type.toLowerCase() !== 'application/json') {
    return problem(c, { status: 415, detail: `send application/json instead of ${type || 'no content-type'}` });
  }
  // https://www.rfc-editor.org/rfc/rfc8259#section-8.1: JSON is UTF-8, and its media type knows no charset.
  const other = parameters
    .map((parameter) => /^charset\s*=\s*"?([^"]*)"?$/i.exec(parameter)?.[1])
    .find((charset) => charset !== undefined && !/^utf-?8$/i.test(charset));
  return other === undefined ? undefined : problem(c, { status: 415, detail: `send UTF-8 instead of ${other}` });
}

/** Hono's own limit looks at the body as a stream first, which costs more than the rest of the request's way through Hono. */
async function read(c: Context): Promise<Response | undefined> {
  let bytes: ArrayBuffer;
  try {
    const refused = isChunked(c) ? await limitStream(c, async () => {}) : undefined;
    if (refused) return refused;
    bytes = await c.req.arrayBuffer();
  } catch {
    // Nobody is there to read this, but it is not a failure of ours to log.
    return problem(c, { status: 400, detail: 'the body did not arrive' });
  }
  try {
    c.set('bodyText', utf8.decode(bytes));
  } catch {
    return problem(c, { status: 400, detail: 'the body is not valid UTF-8' });
  }
  return undefined;
}
