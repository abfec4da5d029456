import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { problem } from '../problem.ts';

/** The methods that a path answers, in the order of the `Allow` header; none when there is nothing at it. */
function methodsOf(app: OpenAPIHono, path: string): string[] {
  const matched = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
    .map((method) => ({ method, routes: app.router.match(method, path)[0].map(([[, route]]) => route.path) }))
    .filter(({ routes }) => routes.some((route) => !route.endsWith('*')));
  // `/rooms/free` matches `/rooms/:id` as well, but is no room: what has a route of its own is answered by that alone.
  const literal = matched.filter(({ routes }) => routes.includes(path));
  const own = (literal.length > 0 ? literal : matched).map(({ method }) => method);
  if (own.length === 0) return [];
  return [...own.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])), 'OPTIONS'];
}

/**
 * Answers what no route has taken. A path that exists answers `OPTIONS`, and other methods by 405 and which ones it allows (RFC 9110,
 * section 15.5.6); everything else is 404.
 */
export function nothingHere(app: OpenAPIHono): (c: Context) => Response {
  return (c) => {
    const { method, path } = c.req;
    const methods = methodsOf(app, path);
    const allow = methods.join(', ');
    if (method === 'OPTIONS' && methods.length > 0) return c.body(null, 204, { allow });
    if (methods.length === 0 || methods.includes(method)) {
      // `HEAD` has the length of `GET`, also in a problem.
      return problem(c, { status: 404, detail: `there is nothing at ${method === 'HEAD' ? 'GET' : method} ${path}` });
    }
    c.header('allow', allow);
    return problem(c, { status: 405, detail: `${path} does not answer ${method}, but ${allow}` });
  };
}
