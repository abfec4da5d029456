import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Guard } from '../guard/guard.ts';
import { problemSchema } from '../problem.ts';
import { problemExample } from './answers.ts';
import type { ApiDocument, ApiInfo } from './api-document.ts';
import { exampleOf } from './example.ts';
import { refusalsOf, tokenScheme } from './refusals.ts';

const license = { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' };

const headers = {
  traceresponse: {
    description: 'The trace that the request is part of (W3C Trace Context level 2); absent with telemetry off',
    schema: { type: 'string', pattern: '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$' },
    example: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  },
  'server-timing': {
    description: 'The id of the same trace, where scripts of a browser can read it',
    schema: { type: 'string', pattern: '^trace;desc=[0-9a-f]{32}$' },
    example: 'trace;desc=0af7651916cd43dd8448eb211c80319c',
  },
};

/** `rooms` of `/api/v1/rooms/{id}`, `health` of `/health` */
function tagOf(path: string): string {
  return path.replace('/api/v1', '').split('/')[1] ?? '';
}

/**
 * The OpenAPI 3.1 document of an app: its routes with the schemas that validate them, plus what all routes share (trace
 * headers, problems, the guard's responses, an example of every body).
 */
export function documentOf(app: OpenAPIHono, { tags, ...info }: ApiInfo, guard?: Guard): ApiDocument {
  const { openAPIRegistry } = app;
  if (!openAPIRegistry.definitions.some((one) => one.type === 'schema' && one.schema === problemSchema)) {
    openAPIRegistry.register('Problem', problemSchema);
  }
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { ...info, license },
    servers: [{ url: '/', description: 'Where this document comes from' }],
    tags: [...tags, { name: 'health', description: 'Whether the API is there' }],
  }) as unknown as ApiDocument;
  // The generator adds an empty `webhooks`.
  delete document.webhooks;
  const { schemas } = document.components;
  document.components.headers = headers;
  if (guard?.readCaller) document.components.securitySchemes = tokenScheme;
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const operation of Object.values(operations)) operation.tags = [tagOf(path)];
  }
  for (const operation of Object.values(document.paths).flatMap((path) => Object.values(path))) {
    if (guard && operation.operationId !== 'health') {
      operation.responses = { ...refusalsOf(guard), ...operation.responses };
      if (guard.readCaller) operation.security = [{ token: [] }];
    }
    operation.responses.default ??= {
      description: 'Any other problem',
      content: {
        'application/problem+json': {
          schema: { $ref: '#/components/schemas/Problem' },
          example: problemExample(500, 'Any other problem'),
        },
      },
    };
    for (const answer of Object.values(operation.responses)) {
      const common = Object.keys(headers).map((name) => [name, { $ref: `#/components/headers/${name}` }]);
      answer.headers = { ...answer.headers, ...Object.fromEntries(common) };
    }
    for (const { content = {} } of [operation.requestBody ?? {}, ...Object.values(operation.responses)]) {
      for (const media of Object.values(content)) media.example ??= exampleOf(media.schema, schemas);
    }
  }
  return document;
}
