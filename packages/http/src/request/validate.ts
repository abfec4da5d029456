/**
 * Validates everything that a route declares in one step. `OpenAPIHono`'s own chain of one validator per part copies
 * all headers to read one of them, and awaits promises that are already settled.
 */
import type { OpenAPIHono, RouteConfig } from '@hono/zod-openapi';
import type { Context, Handler, MiddlewareHandler, ValidationTargets } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ZodObject, ZodType } from 'zod';
import { problem } from '../problem.ts';
import { bodyTextOf, METHODS_WITH_BODY } from './body.ts';

/** The errors of one part of a request. */
export interface Invalid {
  target: keyof ValidationTargets;
  issues: Array<{ path: PropertyKey[]; message: string }>;
}

/** One part of a request: how to read it, and its schema. */
interface Part {
  target: keyof ValidationTargets;
  schema: ZodType;
  read: (c: Context) => unknown;
}

type Declared = RouteConfig['request'];

/** Makes every route added by `app.openapi` from now on validate its declared input and reject undeclared input. */
export function validateDeclared(app: OpenAPIHono, refuse: (c: Context, invalid: Invalid) => Response): void {
  const declare = (route: RouteConfig, handler: Handler): OpenAPIHono => {
    app.openAPIRegistry.registerPath(route);
    const path = route.path.replaceAll(/\{(.+?)\}/g, ':$1');
    app.on(route.method, path, validator(route.request, refuse), handler);
    return app;
  };
  app.openapi = declare as OpenAPIHono['openapi'];
}

/** For schemas without a message of their own: zod's would mention `undefined`, which JSON does not have. */
const MESSAGES: Parameters<ZodType['safeParse']>[1] = {
  error: ({ code, input }) => (code === 'invalid_type' && input === undefined ? 'is missing' : undefined),
};

function validator(declared: Declared, refuse: (c: Context, invalid: Invalid) => Response): MiddlewareHandler {
  const parts = partsOf(declared);
  return async (c, next) => {
    const undeclared = refuseUndeclared(c, declared);
    if (undeclared) return undeclared;
    for (const { target, schema, read } of parts) {
      const { success, data, error } = schema.safeParse(read(c), MESSAGES);
      if (!success) return refuse(c, { target, issues: error.issues });
      c.req.addValidatedData(target, data as object);
    }
    return next();
  };
}

function partsOf(declared: Declared): Part[] {
  const parts: Part[] = [];
  const { query, params, headers, body } = declared ?? {};
  if (query) parts.push({ target: 'query', schema: query, read: readQuery });
  if (params) parts.push({ target: 'param', schema: params, read: (c) => c.req.param() });
  if (headers) {
    const schema = headers as ZodObject;
    const names = Object.keys(schema.shape);
    const read = (c: Context) => Object.fromEntries(names.map((name) => [name, c.req.header(name)]));
    parts.push({ target: 'header', schema, read });
  }
  const json = body?.content['application/json'];
  if (json && 'schema' in json) parts.push({ target: 'json', schema: json.schema as ZodType, read: readJson });
  return parts;
}

/** A repeated parameter becomes an array, which no schema accepts. */
function readQuery(c: Context): unknown {
  return Object.fromEntries(
    Object.entries(c.req.queries()).map(([name, values]) => [name, values.length === 1 ? values[0] : values]),
  );
}

/** Undefined without a body, which no schema accepts. */
function readJson(c: Context): unknown {
  const text = bodyTextOf(c);
  if (text === undefined) return refuseEmpty(c.req.header('content-type'));
  try {
    return JSON.parse(text);
  } catch {
    throw new HTTPException(400, { message: 'the body is not JSON' });
  }
}

/** `takeBody` does not check the media type of an empty body. */
function refuseEmpty(type: string | undefined): undefined {
  if (type === undefined) return undefined;
  if (!/^application\/json\s*(;|$)/i.test(type)) throw new HTTPException(415, { message: 'send application/json' });
  throw new HTTPException(400, { message: 'the body is empty' });
}

/**
 * Rejects undeclared fields, so that a misspelt `limit` is noticed. Routes that declare a query or a body do this by
 * their strict schema; this covers the others.
 */
function refuseUndeclared(c: Context, declared: Declared): Response | undefined {
  const code = 'invalid_input';
  if (!declared?.query && c.req.url.includes('?')) {
    const errors = Object.keys(c.req.query()).map((path) => ({ path, message: 'is not known here' }));
    if (errors.length > 0) return problem(c, { status: 422, code, detail: 'this route takes no query', errors });
  }
  if (!declared?.body && METHODS_WITH_BODY.includes(c.req.method) && hasFields(c)) {
    return problem(c, { status: 422, code, detail: 'this route takes no body; send none or {}' });
  }
  return undefined;
}

function hasFields(c: Context): boolean {
  const text = (bodyTextOf(c) ?? '').replaceAll(/\s/g, '');
  return text !== '' && text !== '{}';
}
