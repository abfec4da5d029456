import type { Hono, MiddlewareHandler } from 'hono';

const ALLOW = 'GET, HEAD, OPTIONS';

/**
 * Nothing here changes anything: a path that is there answers `GET`, `HEAD` with the length that `GET` has, and `OPTIONS`; every other
 * method is 405.
 */
export function onlyReads(app: Hono): MiddlewareHandler {
  return async (c, next) => {
    const { method, path } = c.req;
    const isThere = app.router.match('GET', path)[0].some(([[, route]]) => !route.path.endsWith('*'));
    if (isThere && method === 'OPTIONS') return c.body(null, 204, { allow: ALLOW });
    if (isThere && method !== 'GET' && method !== 'HEAD') {
      return c.text(`${path} does not answer ${method}, but ${ALLOW}`, 405, { allow: ALLOW });
    }
    await next();
    if (method !== 'HEAD' || c.res.body === null) return;
    const { byteLength } = await c.res.clone().arrayBuffer();
    c.header('content-length', String(byteLength));
  };
}
