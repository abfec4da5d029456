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
 * Accepts a UTF-8 JSON body within the size limit, and waits for all of it: a slow or aborted upload starts no work.
 * Rejects by the headers alone where they suffice.
 */
export const takeBody: MiddlewareHandler = async (c, next) => {
  if (!hasBody(c)) return next();
  if (Number(c.req.header('content-length') ?? 0) > MAX_BODY_BYTES) return tooLarge(c);
  return refuseMediaType(c) ?? (await read(c)) ?? next();
};

/** The text of the body; undefined if there is none. */
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
    return problem(c, { status: 415, detail: `send the body unencoded instead of ${encoding}` });
  const [type = '', ...parameters] = (c.req.header('content-type') ?? '').split(';').map((part) => part.trim());
  if (type.toLowerCase() !== 'application/json') {
    return problem(c, { status: 415, detail: `send application/json instead of ${type || 'no content-type'}` });
  }
  // https://www.rfc-editor.org/rfc/rfc8259#section-8.1: JSON is UTF-8, and its media type defines no charset parameter.
  const other = parameters
    .map((parameter) => /^charset\s*=\s*"?([^"]*)"?$/i.exec(parameter)?.[1])
    .find((charset) => charset !== undefined && !/^utf-?8$/i.test(charset));
  return other === undefined ? undefined : problem(c, { status: 415, detail: `send UTF-8 instead of ${other}` });
}

/**
 * Replaces Hono's body limit, which wraps the body in a stream first and so costs more than the rest of Hono's request
 * handling.
 */
async function read(c: Context): Promise<Response | undefined> {
  let bytes: ArrayBuffer;
  try {
    const refused = isChunked(c) ? await limitStream(c, async () => {}) : undefined;
    if (refused) return refused;
    bytes = await c.req.arrayBuffer();
  } catch {
    // The client is gone; a 400 keeps the abort out of the error log.
    return problem(c, { status: 400, detail: 'the body did not arrive' });
  }
  try {
    c.set('bodyText', utf8.decode(bytes));
  } catch {
    return problem(c, { status: 400, detail: 'the body is not valid UTF-8' });
  }
  return undefined;
}
