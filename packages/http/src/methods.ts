import type { OpenAPIHono } from '@hono/zod-openapi';
import type { NotFoundHandler } from 'hono';
import { problem } from './problem.ts';

/** What one path answers to, in the order of the `Allow` header; nothing when there is nothing at it. */
function methodsOf(app: OpenAPIHono, path: string): string[] {
  const own = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((method) =>
    app.router.match(method, path)[0].some(([[, route]]) => !route.path.endsWith('*')),
  );
  if (own.length === 0) return [];
  return [...own.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])), 'OPTIONS'];
}

/** `OPTIONS` says what a path answers to; everything else that no route has taken is 404, and says the same where there is something. */
export function nothingHere(app: OpenAPIHono): NotFoundHandler {
  return (c) => {
    const { method, path } = c.req;
    const methods = methodsOf(app, path);
    if (method === 'OPTIONS' && methods.length > 0) return c.body(null, 204, { allow: methods.join(', ') });
    const instead = methods.length > 0 ? `; this path answers ${methods.join(', ')}` : '';
    return problem(c, { status: 404, detail: `there is nothing at ${method} ${path}${instead}` });
  };
}
