import type { IncomingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { decodeLogs, type ReceivedLog, readLogs } from '@hotel/trace-test';
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
  /** The log records of all requests. */
  logs: ReceivedLog[];
  /** The resource of the last JSON request. */
  resource: Record<string, unknown>;
  /** The response to each JSON request. */
  answer: object;
  /** Paths that it does not have. */
  missing: Set<string>;
}

/** Accepts OTLP over HTTP. */
export async function startCollector(): Promise<Collector> {
  const state: Omit<Collector, keyof TestServer> = {
    requests: [],
    spans: [],
    logs: [],
    resource: {},
    answer: {},
    missing: new Set(),
  };
  const server = await serve(async (request, response) => {
    const body = await buffer(request);
    state.requests.push({ path: request.url, headers: request.headers });
    if (state.missing.has(request.url ?? '')) {
      response.writeHead(404).end();
      return;
    }
    const isJson = request.headers['content-type'] === 'application/json';
    if (request.url === '/v1/logs') {
      state.logs.push(...(isJson ? readLogs(JSON.parse(body.toString()), (id) => id) : decodeLogs(body)));
    } else if (isJson && request.url === '/v1/traces') {
      for (const { resource, scopeSpans } of JSON.parse(body.toString()).resourceSpans) {
        for (const { key, value } of resource.attributes) state.resource[key] = Object.values(value)[0];
        state.spans.push(...scopeSpans.flatMap((scope: { spans: OtlpSpan[] }) => scope.spans));
      }
    }
    response
      .setHeader('content-type', request.headers['content-type'] ?? '')
      .end(isJson ? JSON.stringify(state.answer) : '');
  });
  return Object.assign(state, server);
}
