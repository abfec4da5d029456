import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { docsPage } from '../docs/page.ts';
import type { Guard } from '../guard/guard.ts';
import { jsonAnswer } from './answers.ts';
import type { ApiInfo } from './api-document.ts';
import { documentOf } from './document.ts';

const health = createRoute({
  method: 'get',
  path: '/health',
  operationId: 'health',
  summary: 'Say that the API is there',
  // Whatever a load balancer adds to it.
  request: { query: z.object({}) },
  responses: { 200: jsonAnswer('It is', z.object({ status: z.literal('ok') })) },
});

export interface DescribeOptions extends ApiInfo {
  /** Where traces are looked at: `http://localhost:16686`. Undefined: nothing links there. */
  tracesUrl: string | undefined;
  /** The one the app has: the document says what it may answer. */
  guard?: Guard | undefined;
}

/** Adds what every public API has: `/health`, `/openapi.json` and `/docs`. */
export function describeApi(app: OpenAPIHono, { tracesUrl, guard, ...info }: DescribeOptions): void {
  app.openapi(health, (c) => c.json({ status: 'ok' } as const, 200));
  // Made when it is first asked for, when all routes are there; most processes are never asked.
  let document: ReturnType<typeof documentOf> | undefined;
  const read = () => {
    document ??= documentOf(app, info, guard);
    return document;
  };
  app.get('/openapi.json', (c) => c.json(read()));
  app.get('/docs', (c) => {
    const { html, headers } = docsPage(read(), tracesUrl);
    return c.html(html, 200, headers);
  });
}
