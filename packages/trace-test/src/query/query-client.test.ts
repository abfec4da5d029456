import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { TRACE_ID } from '../../test/spans.ts';
import { createQueryClient } from './query-client.ts';

let server: Server | undefined;
afterEach(async () => {
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  server = undefined;
});

/** A query API that always returns the same response and records requests. */
async function api(status: number, answer: unknown) {
  const requests: URL[] = [];
  const own = createServer((request, response) => {
    requests.push(new URL(request.url ?? '/', 'http://query'));
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => own.listen(0, '127.0.0.1', resolve));
  server = own;
  const url = `http://127.0.0.1:${(own.address() as AddressInfo).port}`;
  return { url, requests, client: createQueryClient(`${url}/`) };
}

function answerOf(spans: unknown[]) {
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'desk' } }] };
  return { result: { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'http' }, spans }] }] } };
}

const NOT_FOUND = { error: { httpCode: 404, message: 'no traces found' } };

describe('trace', () => {
  test('reads a trace with every field and type', async () => {
    const { client, requests } = await api(
      200,
      answerOf([
        {
          traceId: TRACE_ID,
          spanId: '00000000000000aa',
          parentSpanId: '00000000000000bb',
          traceState: 'inn=1',
          flags: 257,
          name: 'GET',
          kind: 3,
          startTimeUnixNano: '1700000000123456789',
          endTimeUnixNano: '1700000000123456999',
          attributes: [
            { key: 'text', value: { stringValue: '' } },
            { key: 'flag', value: { boolValue: false } },
            { key: 'integer', value: { intValue: '7' } },
            { key: 'large', value: { intValue: '9223372036854775807' } },
            { key: 'double', value: { doubleValue: 0.5 } },
            { key: 'not a number', value: { doubleValue: 'NaN' } },
            { key: 'list', value: { arrayValue: { values: [{ intValue: '1' }, { stringValue: 'b' }] } } },
            { key: 'empty list', value: { arrayValue: {} } },
            { key: 'map', value: { kvlistValue: { values: [{ key: 'a', value: { boolValue: true } }] } } },
            { key: 'bytes', value: { bytesValue: 'AP8=' } },
            { key: 'nothing', value: {} },
          ],
          events: [{ timeUnixNano: '5', name: 'received', attributes: [{ key: 'n', value: { intValue: 1 } }] }],
          links: [{ traceId: 'F'.repeat(32), spanId: '00000000000000cc' }],
          status: { code: 2, message: 'refused' },
        },
      ]),
    );
    expect(await client.trace(TRACE_ID)).toEqual([
      {
        traceId: TRACE_ID,
        spanId: '00000000000000aa',
        parentSpanId: '00000000000000bb',
        traceState: 'inn=1',
        flags: 257,
        name: 'GET',
        kind: 'CLIENT',
        service: 'desk',
        startNs: 1_700_000_000_123_456_789n,
        endNs: 1_700_000_000_123_456_999n,
        attributes: {
          text: '',
          flag: false,
          integer: 7,
          large: 9_223_372_036_854_775_807n,
          double: 0.5,
          'not a number': Number.NaN,
          list: [1, 'b'],
          'empty list': [],
          map: { a: true },
          bytes: Uint8Array.of(0, 255),
          nothing: null,
        },
        events: [{ name: 'received', timeNs: 5n, attributes: { n: 1 } }],
        links: [{ traceId: 'f'.repeat(32), spanId: '00000000000000cc', attributes: {} }],
        status: { code: 'ERROR', message: 'refused' },
        resource: { 'service.name': 'desk' },
        scope: 'http',
      },
    ]);
    expect(requests.map(({ pathname, search }) => pathname + search)).toEqual([
      `/api/v3/traces/${TRACE_ID}?rawTraces=true`,
    ]);
  });

  test('returns no spans until the trace is stored', async () => {
    const { client } = await api(404, NOT_FOUND);
    expect(await client.trace(TRACE_ID)).toEqual([]);
  });

  test('restores ids whose leading zeros were dropped', async () => {
    const { client } = await api(200, answerOf([{ traceId: 'abc'.padStart(17, '1'), spanId: 'aa', name: 'x' }]));
    expect(await client.trace('x')).toMatchObject([
      { traceId: 'abc'.padStart(17, '1').padStart(32, '0'), spanId: '00000000000000aa' },
    ]);
  });
});

describe('search', () => {
  const range = { service: 'desk', startMs: 0, endMs: 1_000, limit: 5 };

  test('searches with the parameters of the query API and returns whole traces', async () => {
    const other = 'f'.repeat(32);
    const { client, requests } = await api(
      200,
      answerOf([
        { traceId: TRACE_ID, spanId: '1', name: 'a' },
        { traceId: other, spanId: '2', name: 'b' },
        { traceId: TRACE_ID, spanId: '3', name: 'c' },
      ]),
    );
    const traces = await client.search({ ...range, operation: 'GET /stays' });
    expect(traces.map((spans) => spans.map(({ name }) => name))).toEqual([['a', 'c'], ['b']]);
    expect(Object.fromEntries(requests[0]?.searchParams ?? [])).toEqual({
      'query.serviceName': 'desk',
      'query.operationName': 'GET /stays',
      'query.startTimeMin': '1970-01-01T00:00:00.000Z',
      'query.startTimeMax': '1970-01-01T00:00:01.000Z',
      'query.searchDepth': '5',
      'query.rawTraces': 'true',
    });
  });

  test('returns nothing when no trace matches', async () => {
    const { client } = await api(404, NOT_FOUND);
    expect(await client.search(range)).toEqual([]);
  });
});

test('lists services', async () => {
  const { client } = await api(200, { services: ['desk', 'keeper'] });
  expect(await client.services()).toEqual(['desk', 'keeper']);
});

describe('errors', () => {
  test('names the unreachable store, the reason and the setting', async () => {
    const { url, client } = await api(200, {});
    await new Promise((resolve) => server?.close(resolve));
    await expect(client.services()).rejects.toThrow(
      `Cannot reach the trace store at ${url}/api/v3/services (ECONNREFUSED). Is it running? JAEGER_QUERY_URL says where it is.`,
    );
  });

  test('quotes a rejected request', async () => {
    const { url, client } = await api(400, { error: { httpCode: 400, message: 'malformed trace id' } });
    await expect(client.trace('x')).rejects.toThrow(`${url}/api/v3/traces/x?rawTraces=true answered 400`);
    await expect(client.trace('x')).rejects.toThrow('malformed trace id');
  });

  test('recognises another server at that address, even by a 404 that is not the API’s', async () => {
    const { client } = await api(404, '<h1>Not found</h1>');
    await expect(client.services()).rejects.toThrow('Expected the query API (/api/v3) of Jaeger v2 or of the viewer');
  });
});
