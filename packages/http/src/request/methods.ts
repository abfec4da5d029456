import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { problem } from '../problem.ts';

/** The methods of a path, in the order of the `Allow` header; empty if no route matches it. */
function methodsOf(app: OpenAPIHono, path: string): string[] {
  const matched = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
    .map((method) => ({ method, routes: app.router.match(method, path)[0].map(([[, route]]) => route.path) }))
    .filter(({ routes }) => routes.some((route) => !route.endsWith('*')));
  // `/rooms/free` also matches `/rooms/:id`; a literal route takes precedence.
  const literal = matched.filter(({ routes }) => routes.includes(path));
  const own = (literal.length > 0 ? literal : matched).map(({ method }) => method);
  if (own.length === 0) return [];
  return [...own.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])), 'OPTIONS'];
}

/**
 * Handles requests that matched no route. For an existing path, `OPTIONS` lists its methods and any other method gets
 * 405 with `Allow` (RFC 9110, section 15.5.6); everything else is 404.
 */
export function nothingHere(app: OpenAPIHono): (c: Context) => Response {
  return (c) => {
    const { method, path } = c.req;
    const methods = methodsOf(app, path);
    const allow = methods.join(', ');
    if (method === 'OPTIONS' && methods.length > 0) return c.body(null, 204, { allow });
    if (methods.length === 0 || methods.includes(method)) {
      // `HEAD` must have the length of `GET`, for problems too.
      return problem(c, { status: 404, detail: `there is nothing at ${method === 'HEAD' ? 'GET' : method} ${path}` });
    }
    c.header('allow', allow);
    return problem(c, { status: 405, detail: `${path} does not support ${method}; it supports ${allow}` });
  };
}
