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
  // Load balancers may add query parameters.
  request: { query: z.object({}) },
  responses: { 200: jsonAnswer('It is', z.object({ status: z.literal('ok') })) },
});

export interface DescribeOptions extends ApiInfo {
  /** Base URL of the trace UI, such as `http://localhost:16686`. Undefined: no links to traces. */
  tracesUrl: string | undefined;
  /** The guard of the app; the document lists its responses. */
  guard?: Guard | undefined;
}

/** Adds the routes of every public API: `/health`, `/openapi.json` and `/docs`. */
export function describeApi(app: OpenAPIHono, { tracesUrl, guard, ...info }: DescribeOptions): void {
  app.openapi(health, (c) => c.json({ status: 'ok' } as const, 200));
  // Built on first request: all routes exist by then, and most processes never serve it.
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
