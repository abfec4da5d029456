import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { TRACE_ID } from '../../test/spans.ts';
import { createTempoClient } from './query-client-tempo.ts';

let server: Server | undefined;
afterEach(async () => {
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  server = undefined;
});

/** Answers by path like Tempo, and records requests. */
async function tempo(answers: Record<string, unknown>) {
  const requests: URL[] = [];
  const own = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://tempo');
    requests.push(url);
    const answer = answers[url.pathname];
    response.writeHead(answer === undefined ? 404 : 200, { connection: 'close' });
    response.end(typeof answer === 'string' ? answer : answer && JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => own.listen(0, '127.0.0.1', resolve));
  server = own;
  const url = `http://127.0.0.1:${(own.address() as AddressInfo).port}`;
  return { url, requests, client: createTempoClient(`${url}/`) };
}

const SPAN_ID = '00f067aa0ba902b7';
const PARENT_ID = 'b7ad6b7169203331';
const bytes = (hex: string) => Buffer.from(hex, 'hex').toString('base64');

/** A trace in protobuf's JSON mapping: ids as base64, enums by name, 64-bit integers as strings. */
const answer = {
  trace: {
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'user-service' } }] },
        scopeSpans: [
          {
            scope: { name: 'http' },
            spans: [
              {
                traceId: bytes(TRACE_ID),
                spanId: bytes(SPAN_ID),
                parentSpanId: bytes(PARENT_ID),
                name: 'GET /users/:username/limits',
                kind: 'SPAN_KIND_SERVER',
                startTimeUnixNano: '1700000000123456789',
                endTimeUnixNano: '1700000000123456999',
                attributes: [{ key: 'credits', value: { intValue: '3' } }],
                status: { code: 'STATUS_CODE_ERROR', message: 'no' },
              },
            ],
          },
        ],
      },
    ],
  },
  metrics: {},
};
const span = {
  traceId: TRACE_ID,
  spanId: SPAN_ID,
  parentSpanId: PARENT_ID,
  name: 'GET /users/:username/limits',
  kind: 'SERVER',
  service: 'user-service',
  attributes: { credits: 3 },
  status: { code: 'ERROR', message: 'no' },
  startNs: 1_700_000_000_123_456_789n,
};

describe('trace in Tempo', () => {
  test('reads a whole trace, with ids in hex and kinds by name', async () => {
    const { client, requests } = await tempo({ [`/api/v2/traces/${TRACE_ID}`]: answer });
    expect(await client.trace(TRACE_ID)).toMatchObject([span]);
    expect(requests).toHaveLength(1);
  });

  test('reads a trace as older versions write it', async () => {
    const { resourceSpans } = answer.trace;
    const { client } = await tempo({ [`/api/v2/traces/${TRACE_ID}`]: { trace: { batches: resourceSpans } } });
    expect(await client.trace(TRACE_ID)).toMatchObject([span]);
  });

  test('returns no spans until the trace is stored', async () => {
    const { client } = await tempo({});
    expect(await client.trace(TRACE_ID)).toEqual([]);
  });
});

test('searches in TraceQL and returns whole traces, newest first', async () => {
  const other = '0'.repeat(20) + 'a'.repeat(12);
  const { client, requests } = await tempo({
    '/api/search': {
      traces: [
        { traceID: 'a'.repeat(12), startTimeUnixNano: '1' },
        { traceID: TRACE_ID, startTimeUnixNano: '2' },
      ],
    },
    [`/api/v2/traces/${TRACE_ID}`]: answer,
    [`/api/v2/traces/${other}`]: { trace: {} },
  });
  const range = { service: 'user-service', operation: 'GET', startMs: 1_500, endMs: 2_500, limit: 100 };
  expect(await client.search(range)).toMatchObject([[span], []]);
  expect(Object.fromEntries(requests[0]?.searchParams ?? [])).toEqual({
    q: '{ resource.service.name = "user-service" && name = "GET" }',
    start: '1',
    end: '3',
    limit: '20',
  });
});

test('lists services', async () => {
  const tagValues = [{ type: 'string', value: 'user-service' }];
  const { client } = await tempo({ '/api/v2/search/tag/resource.service.name/values': { tagValues } });
  expect(await client.services()).toEqual(['user-service']);
});

test('reports another server at that address, with the setting', async () => {
  const { client, url } = await tempo({ [`/api/v2/traces/${TRACE_ID}`]: '<h1>Hello</h1>' });
  await expect(client.trace(TRACE_ID)).rejects.toThrow(
    `${url}/api/v2/traces/${TRACE_ID} answered 200: <h1>Hello</h1>. Expected the HTTP API of Grafana Tempo (/api/v2): check TEMPO_QUERY_URL.`,
  );
});
