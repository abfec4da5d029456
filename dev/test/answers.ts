import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { execute } from '@hotel/cli';
import type { Span } from '@hotel/trace-test';
import { afterEach, beforeEach } from 'vitest';
import { book, command as bookCommand } from '../src/book/command.ts';
import { PLAIN } from '../src/cli/terminal.ts';
import { bookingSpans } from './spans.ts';
import { runTrace } from './trace.ts';

/** The trace of the bookings that the service answers. */
export const ID = '4bf92f3577b34da6a3ce929d0e0e4736';
interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body: unknown;
}

/** For the tests of a file: one server in place of dispo and the viewer, with answers that a test may change, and commands that call it. */
export function useAnswers() {
  let server: Server;
  const api = {
    url: '',
    answers: {} as Record<string, (request: IncomingMessage) => Answer>,
    requests: [] as string[],
    run,
    spawned,
  };

  beforeEach(async () => {
    api.requests.length = 0;
    api.answers = {
      'GET /api/v1/rooms/free': () => ({ body: [{ id: 1, number: '101', name: 'Rose' }] }),
      'GET /api/v1/rooms': (request) =>
        request.url?.includes('after')
          ? { body: [{ id: 2, number: '102', name: 'Fern' }] }
          : {
              headers: { link: '</api/v1/rooms?limit=200&after=1>; rel="next"' },
              body: [{ id: 1, number: '101', name: 'Rose' }],
            },
      'POST /api/v1/bookings': () => ({
        status: 201,
        headers: { traceresponse: `00-${ID}-00f067aa0ba902b7-01` },
        body: { id: 7 },
      }),
      [`GET /api/v3/traces/${ID}`]: () => ({ body: otlp(bookingSpans()) }),
      'GET /api/v3/services': () => ({ body: { services: ['cleaning-worker', 'dispo'] } }),
      'GET /api/v3/traces': () => ({ body: otlp(bookingSpans()) }),
    };
    server = createServer((request: IncomingMessage, response: ServerResponse) => {
      const route = `${request.method} ${request.url?.split('?')[0]}`;
      api.requests.push(`${request.method} ${request.url}`);
      const {
        status = 200,
        headers = {},
        body,
      } = api.answers[route]?.(request) ?? {
        status: 404,
        body: { error: { httpCode: 404, message: 'nothing' } },
      };
      request.resume().on('end', () => {
        response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    api.url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  /** Runs a command inside this process. */
  async function run(command: 'book' | 'trace', args: string[] = [], more: Record<string, string> = {}) {
    const env = { DISPO_URL: api.url, JAEGER_QUERY_URL: api.url, ...more };
    if (command === 'trace') return runTrace(args, env);
    let out = '';
    const print = (text: string) => {
      out += `${text}\n`;
    };
    const { code, err } = await execute(bookCommand, (given) => book(given, { env, terminal: PLAIN, print }), args);
    return { code, out, err };
  }

  async function spawned(command: 'book' | 'trace' | 'logs', args: string[] = []) {
    const child = spawn(process.execPath, [join(import.meta.dirname, `../src/${command}.ts`), ...args], {
      env: {
        PATH: process.env.PATH,
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
        DISPO_URL: api.url,
        JAEGER_QUERY_URL: api.url,
      },
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (data) => (out += data));
    child.stderr.on('data', (data) => (err += data));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { code, out, err };
  }

  return api;
}

/** As Jaeger answers: OTLP JSON inside `result`. */
function otlp(spans: Span[]): unknown {
  const kinds = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];
  const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } });
  const resourceSpans = spans.map((span) => ({
    resource: { attributes: [attribute('service.name', span.service)] },
    scopeSpans: [
      {
        scope: { name: 'test' },
        spans: [
          {
            traceId: span.traceId,
            spanId: span.spanId.padStart(16, '0'),
            ...(span.parentSpanId ? { parentSpanId: span.parentSpanId.padStart(16, '0') } : {}),
            name: span.name,
            kind: kinds.indexOf(span.kind),
            startTimeUnixNano: String(span.startNs),
            endTimeUnixNano: String(span.endNs),
            attributes: [],
            status: {},
          },
        ],
      },
    ],
  }));
  return { result: { resourceSpans } };
}
