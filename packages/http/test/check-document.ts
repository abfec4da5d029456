import type { OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import type { ApiDocument } from '../src/openapi/api-document.ts';

const schemaSchema = z.looseObject({});
const refSchema = z.strictObject({ $ref: z.string().regex(/^#\/components\/(schemas|headers)\/\w/) });
const headerSchema = z.strictObject({
  description: z.string().min(1),
  required: z.boolean().optional(),
  schema: schemaSchema,
  example: z.unknown(),
});
const contentSchema = z.partialRecord(
  z.enum(['application/json', 'application/problem+json']),
  z.strictObject({ schema: schemaSchema, example: z.custom((value) => value !== undefined, 'is missing') }),
);
const operationSchema = z.strictObject({
  operationId: z.string().regex(/^[a-z][A-Za-z]+$/),
  summary: z.string().min(1),
  tags: z.tuple([z.string()]),
  description: z.string().optional(),
  parameters: z
    .array(
      z.strictObject({
        name: z.string(),
        in: z.enum(['path', 'query', 'header']),
        required: z.boolean().optional(),
        description: z.string().optional(),
        schema: schemaSchema,
      }),
    )
    .optional(),
  requestBody: z.strictObject({ required: z.literal(true), content: contentSchema }).optional(),
  security: z.tuple([z.strictObject({ token: z.tuple([]) })]).optional(),
  responses: z.record(
    z.string().regex(/^([1-5]\d\d|default)$/),
    z.strictObject({
      description: z.string().min(1),
      headers: z.record(z.string(), z.union([refSchema, headerSchema])).optional(),
      content: contentSchema.optional(),
    }),
  ),
});

/** The subset of OpenAPI 3.1 that our documents use; anything else fails. https://spec.openapis.org/oas/v3.1.1.html */
const documentSchema = z.strictObject({
  openapi: z.literal('3.1.0'),
  info: z.strictObject({
    title: z.string().min(1),
    description: z.string().min(1),
    version: z.string().min(1),
    license: z.strictObject({ name: z.literal('Apache-2.0'), url: z.url() }),
  }),
  tags: z.array(z.strictObject({ name: z.string(), description: z.string().min(1) })),
  servers: z.tuple([z.strictObject({ url: z.literal('/'), description: z.string() })]),
  paths: z.record(
    z.string().startsWith('/'),
    z.partialRecord(z.enum(['get', 'post', 'put', 'patch', 'delete']), operationSchema),
  ),
  components: z.strictObject({
    schemas: z.record(z.string(), schemaSchema),
    parameters: z.strictObject({}).optional(),
    headers: z.record(z.string(), headerSchema),
    securitySchemes: z
      .strictObject({
        token: z.strictObject({ type: z.literal('http'), scheme: z.literal('bearer'), description: z.string().min(1) }),
      })
      .optional(),
  }),
});

/** The problems of the document that an app serves, one sentence each; empty if it is valid. */
export async function problemsOfDocument(app: OpenAPIHono): Promise<string[]> {
  const document = (await (await app.request('/openapi.json')).json()) as ApiDocument;
  const parsed = documentSchema.safeParse(document);
  const shape = parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  return [
    ...shape,
    ...brokenRefs(document),
    ...ambiguous(document),
    ...unknownTags(document),
    ...collidingNames(document),
    ...namelessBodies(document),
    ...looseIntegers(document, ''),
    ...missing(app, document),
    ...wrongExamples(app, document),
  ];
}

function brokenRefs(document: ApiDocument): string[] {
  const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/(\w+)\/([^"]+)"/g)];
  const components: Record<string, Record<string, unknown> | undefined> = { ...document.components };
  return refs.flatMap(([, kind = '', name = '']) => (components[kind]?.[name] ? [] : [`there is no ${kind} ${name}`]));
}

function unknownTags({ tags, paths }: ApiDocument): string[] {
  const known = tags.map(({ name }) => name);
  const used = Object.values(paths).flatMap((path) => Object.values(path).flatMap((operation) => operation.tags ?? []));
  return used.filter((tag) => !known.includes(tag)).map((tag) => `there is no tag ${tag}`);
}

/**
 * In Go, `NewBooking` collides with the constructor of `Booking`; names that differ only in case share a file on some
 * systems.
 */
function collidingNames({ components }: ApiDocument): string[] {
  const names = Object.keys(components.schemas);
  const constructors = names.filter((name) => names.includes(name.replace(/^New/, '')) && name.startsWith('New'));
  const known = new Map(names.map((name) => [name.toLowerCase(), name]));
  return [...constructors, ...names.filter((name) => known.get(name.toLowerCase()) !== name)].map(
    (name) => `the schema ${name} collides with another one in generated clients`,
  );
}

/** Generators invent names for unnamed bodies, and change them when a route is added. */
function namelessBodies({ paths }: ApiDocument): string[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { requestBody }]) =>
        Object.values(requestBody?.content ?? {}).some(({ schema }) => schema.$ref === undefined),
      )
      .map(([method]) => `the body of ${method} ${path} has no name`),
  );
}

/** Integers without a range, whose size a client in another language would have to guess. */
function looseIntegers(node: unknown, path: string): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const { type, format, minimum, maximum, exclusiveMinimum } = node as Record<string, unknown>;
  const isBounded = typeof minimum === 'number' && typeof maximum === 'number' && exclusiveMinimum === undefined;
  const isLoose = type === 'integer' && !(isBounded && (format === 'int32' || format === 'int64'));
  const below = Object.entries(node).flatMap(([name, child]) => looseIntegers(child, `${path}/${name}`));
  return isLoose ? [`${path} is an integer without a format and bounds`, ...below] : below;
}

function ambiguous(document: ApiDocument): string[] {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.values(methods).map((operation) => ({ path, operation })),
  );
  const ids = operations.map(({ operation }) => operation.operationId);
  const twice = ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `two operations are ${id}`);
  const undeclared = operations.flatMap(({ path, operation }) => {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const declared = (operation.parameters ?? []).filter((one) => one.in === 'path' && one.required);
    const names = declared.map(({ name }) => name);
    return inPath.join() === names.join() ? [] : [`${path} has ${inPath.join()}, its parameters are ${names.join()}`];
  });
  return [...twice, ...undeclared];
}

/** Routes missing from the document, and documented operations without a route. */
function missing(app: OpenAPIHono, document: ApiDocument): string[] {
  const about = ['GET /docs', 'GET /openapi.json'];
  const routes = new Set(
    app.routes
      .filter(({ path }) => !path.endsWith('*'))
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
      .filter((route) => !about.includes(route)),
  );
  const described = new Set(
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    ),
  );
  return [
    ...[...routes.difference(described)].map((route) => `${route} is not in the document`),
    ...[...described.difference(routes)].map((route) => `${route} is in the document, but no route`),
  ];
}

/** Examples that fail their own schema. */
function wrongExamples(app: OpenAPIHono, document: ApiDocument): string[] {
  return app.openAPIRegistry.definitions.flatMap((definition) => {
    if (definition.type !== 'route') return [];
    const { method, path, request, responses } = definition.route;
    const operation = document.paths[path]?.[method];
    const bodies = [
      { where: 'body', schemas: request?.body?.content, examples: operation?.requestBody?.content },
      ...Object.entries(responses).map(([status, answer]) => ({
        where: status,
        schemas: 'content' in answer ? answer.content : undefined,
        examples: operation?.responses[status]?.content,
      })),
    ];
    return bodies.flatMap(({ where, schemas = {}, examples = {} }) =>
      Object.entries(schemas).flatMap(([type, media]) => {
        const schema = media && 'schema' in media ? media.schema : undefined;
        if (!(schema instanceof z.ZodType)) return [`${method} ${path} ${where}: ${type} has no zod schema`];
        const result = schema.safeParse(examples[type]?.example);
        return result.success ? [] : [`${method} ${path} ${where}: ${result.error.issues[0]?.message}`];
      }),
    );
  });
}
