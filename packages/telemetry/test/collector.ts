import type { IncomingHttpHeaders } from 'node:http';
import { serve, type TestServer } from './server.ts';

interface OtlpSpan {
  name: string;
  traceId: string;
  spanId: string;
}

export interface Collector extends TestServer {
  requests: Array<{ path: string | undefined; headers: IncomingHttpHeaders }>;
  /** The spans of JSON requests. */
  spans: OtlpSpan[];
  /** The resource of the last JSON request. */
  resource: Record<string, unknown>;
  /** The response to each JSON request. */
  answer: object;
}

/** Accepts OTLP over HTTP. */
export async function startCollector(): Promise<Collector> {
  const state: Omit<Collector, keyof TestServer> = { requests: [], spans: [], resource: {}, answer: {} };
  const server = await serve(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    state.requests.push({ path: request.url, headers: request.headers });
    if (request.headers['content-type'] === 'application/json' && request.url === '/v1/traces') {
      for (const { resource, scopeSpans } of JSON.parse(body).resourceSpans) {
        for (const { key, value } of resource.attributes) state.resource[key] = Object.values(value)[0];
        state.spans.push(...scopeSpans.flatMap((scope: { spans: OtlpSpan[] }) => scope.spans));
      }
    }
    const isJson = request.headers['content-type'] === 'application/json';
    response
      .setHeader('content-type', request.headers['content-type'] ?? '')
      .end(isJson ? JSON.stringify(state.answer) : '');
  });
  return Object.assign(state, server);
}
