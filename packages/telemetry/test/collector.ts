import type { IncomingHttpHeaders } from 'node:http';
import { serve, type TestServer } from './server.ts';

interface OtlpSpan {
  name: string;
  traceId: string;
  spanId: string;
}

export interface Collector extends TestServer {
  requests: Array<{ path: string | undefined; headers: IncomingHttpHeaders }>;
  /** Of requests in JSON. */
  spans: OtlpSpan[];
  /** The resource of the last one of them. */
  resource: Record<string, unknown>;
}

/** Takes OTLP over HTTP. */
export async function startCollector(): Promise<Collector> {
  const collected: Omit<Collector, keyof TestServer> = { requests: [], spans: [], resource: {} };
  const server = await serve(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    collected.requests.push({ path: request.url, headers: request.headers });
    if (request.headers['content-type'] === 'application/json' && request.url === '/v1/traces') {
      for (const { resource, scopeSpans } of JSON.parse(body).resourceSpans) {
        for (const { key, value } of resource.attributes) collected.resource[key] = Object.values(value)[0];
        collected.spans.push(...scopeSpans.flatMap((scope: { spans: OtlpSpan[] }) => scope.spans));
      }
    }
    response.setHeader('content-type', request.headers['content-type'] ?? '').end();
  });
  return Object.assign(collected, server);
}
