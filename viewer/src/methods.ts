import type { Hono, MiddlewareHandler } from 'hono';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/**
 * Implements the HTTP methods that every existing path must support: `HEAD` with the length of `GET`, `OPTIONS` with
 * the allowed methods, and 405 for any other method.
 */
export function methodsOf(app: Hono): MiddlewareHandler {
  const answers = (method: string, path: string): boolean =>
    app.router.match(method, path)[0].some(([[, route]]) => !route.path.endsWith('*'));
  return async (c, next) => {
    const { method, path } = c.req;
    const own = METHODS.filter((name) => answers(name, path));
    if (own.length > 0 && !own.includes(method === 'HEAD' ? 'GET' : method)) {
      const allow = [...own.flatMap((name) => (name === 'GET' ? ['GET', 'HEAD'] : [name])), 'OPTIONS'].join(', ');
      if (method === 'OPTIONS') return c.body(null, 204, { allow });
      return c.text(`${path} does not allow ${method}, only ${allow}`, 405, { allow });
    }
    await next();
    if (method !== 'HEAD' || c.res.body === null) return;
    const { byteLength } = await c.res.clone().arrayBuffer();
    c.header('content-length', String(byteLength));
  };
}
