import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context, MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import { problem } from './problem.ts';

interface Declared {
  query: boolean;
  body: boolean;
}

/**
 * A field that a route does not know is refused, never ignored: who misspells `limit` should hear of it. Where a route declares a
 * query or a body, its own strict schema says so; this is for the routes that declare none.
 */
export function refuseUndeclared(app: OpenAPIHono): MiddlewareHandler {
  let declared: Map<string, Declared> | undefined;
  return async (c, next) => {
    declared ??= declaredBy(app);
    const route = matchedRoutes(c).find(({ path }) => !path.endsWith('*'));
    const knows = route && declared.get(`${route.method} ${route.path}`);
    if (!knows) return next();
    const errors = knows.query
      ? []
      : Object.keys(c.req.query()).map((path) => ({ path, message: 'is not known here' }));
    if (errors.length > 0) {
      return problem(c, { status: 422, code: 'invalid_input', detail: 'this takes no query', errors });
    }
    if (!knows.body && (await hasFields(c))) {
      return problem(c, { status: 422, code: 'invalid_input', detail: 'this takes no body; send none or {}' });
    }
    return next();
  };
}

function declaredBy(app: OpenAPIHono): Map<string, Declared> {
  const entries = app.openAPIRegistry.definitions.flatMap((definition) => {
    if (definition.type !== 'route') return [];
    const { method, path, request } = definition.route;
    const key = `${method.toUpperCase()} ${path.replaceAll(/\{(.+?)\}/g, ':$1')}`;
    return [[key, { query: request?.query !== undefined, body: request?.body !== undefined }] as const];
  });
  return new Map(entries);
}

async function hasFields(c: Context): Promise<boolean> {
  if (!['POST', 'PUT', 'PATCH'].includes(c.req.method)) return false;
  const text = (await c.req.text()).replaceAll(/\s/g, '');
  return text !== '' && text !== '{}';
}
