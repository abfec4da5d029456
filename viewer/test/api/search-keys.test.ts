import { expect, test } from 'vitest';
import { appWith } from '../support/app.ts';
import { spanId, T0, traceId } from '../support/spans.ts';

const text = (key: string, value: string) => ({ key, value: { stringValue: value } });

/** Four traces of one span each, which differ in kind, status, scope and resource. */
const SPANS = [
  { kind: 2, status: { code: 2 }, scope: { name: 'http', version: '1.2.0' }, zone: 'north', links: [] },
  { kind: 3, status: { code: 1 }, scope: { name: 'http', version: '2.0.0' }, zone: 'south', links: [] },
  { kind: 5, status: {}, scope: { name: 'queue' }, zone: 'south', links: [{ attributes: [text('cause', 'retry')] }] },
  {
    kind: 0,
    status: {},
    scope: {},
    zone: 'east',
    links: [],
    attributes: [text('zone', 'north'), text('error', 'oops')],
  },
];

function appWithSpans(maxSpans = 10_000) {
  const resourceSpans = SPANS.map(({ scope, zone, links, ...span }, index) => ({
    resource: { attributes: [text('service.name', 'front'), text('zone', zone)] },
    scopeSpans: [
      {
        scope,
        spans: [
          {
            traceId: traceId(index + 1),
            spanId: spanId(1),
            name: 'work',
            startTimeUnixNano: `${T0 + index}000000`,
            endTimeUnixNano: `${T0 + index + 10}000000`,
            links: links.map((link) => ({ traceId: traceId(9), spanId: spanId(9), ...link })),
            ...span,
          },
        ],
      },
    ],
  }));
  return appWith([{ resourceSpans }], { maxSpans });
}

const { get } = appWithSpans();
const V3 = {
  'query.startTimeMin': new Date(T0 - 1000).toISOString(),
  'query.startTimeMax': new Date(T0 + 1000).toISOString(),
};

/** The numbers of the traces in a response of any format. */
const numbersIn = (body: string): number[] =>
  [...new Set(body.match(/a0{30}[1-4]/g) ?? [])].map((id) => Number(id.at(-1))).sort();

test.each([
  ['span.kind', 'server', [1]],
  ['span.kind', 'CONSUMER', [3]],
  ['span.kind', 'sideways', [4]],
  ['span.status', 'Error', [1]],
  ['span.status', 'OK', [2]],
  ['span.status', 'unset', [3, 4]],
  ['scope.name', 'http', [1, 2]],
  ['scope.name', 'HTTP', []],
  ['scope.version', '2.0.0', [2]],
  ['resource.zone', 'south', [2, 3]],
  ['resource.zone', 'north', [1]],
  ['resource.service.name', 'front', [1, 2, 3, 4]],
  ['resource.error', 'oops', []],
  ['zone', 'north', [1, 4]],
  ['cause', 'retry', [3]],
  ['error', '1', [1]],
  ['error', 't', [1]],
  ['error', 'TRUE', [1]],
  ['error', 'tRUE', []],
  ['error', 'F', [2]],
  ['error', 'oops', []],
])('searching for %s=%s finds the same traces in both APIs and on the page', async (key, value, expected) => {
  const tags = JSON.stringify({ [key]: value });
  const [, v1] = await get('/api/traces', { service: 'front', tags });
  expect(numbersIn(v1)).toEqual(expected);
  const [status, v3] = await get('/api/v3/traces', { ...V3, 'query.attributes': tags });
  expect([status, numbersIn(v3)]).toEqual([expected.length === 0 ? 404 : 200, expected]);
  for (const page of ['/search', '/search/results']) {
    expect(numbersIn((await get(page, { tags: `${key}=${value}` }))[1])).toEqual(expected);
  }
});

test.each([
  ['a maximum duration of 0 means unbounded', { maxDuration: '0' }, { 'query.durationMax': '0s' }, 4],
  ['equal durations are a range', { minDuration: '10ms', maxDuration: '10ms' }, { 'query.durationMin': '10ms' }, 4],
  ['a number may have a plus sign', { limit: '+3' }, { 'query.searchDepth': '+3' }, 3],
  ['the limit may be as large as the store', { limit: '10000' }, { 'query.searchDepth': '10000' }, 4],
])('%s', async (_name, v1, v3, count) => {
  expect(numbersIn((await get('/api/traces', { service: 'front', ...v1 } as Record<string, string>))[1])).toHaveLength(
    count,
  );
  expect(numbersIn((await get('/api/v3/traces', { ...V3, ...v3 } as Record<string, string>))[1])).toHaveLength(count);
  expect(numbersIn((await get('/search', v1 as Record<string, string>))[1])).toHaveLength(count);
});

test('v1 accepts a start equal to the end, v3 does not', async () => {
  const micros = String(T0 * 1000);
  const [status, body] = await get('/api/traces', { service: 'front', start: micros, end: `+${micros}` });
  expect([status, numbersIn(body)]).toEqual([200, [1]]);
  expect(numbersIn((await get('/search', { start: micros, end: micros }))[1])).toEqual([1]);
  const at = new Date(T0).toISOString();
  expect(await get('/api/v3/traces', { 'query.startTimeMin': at, 'query.startTimeMax': at })).toEqual([
    400,
    expect.stringContaining('query.startTimeMin must be before query.startTimeMax'),
  ]);
});

test('a limit beyond the size of the store is an error', async () => {
  const message = expect.stringContaining('search depth must be greater than 0 and at most 10000, got 10001');
  expect(await get('/api/traces', { service: 'front', limit: '10001' })).toEqual([500, message]);
  for (const path of ['/api/v3/traces', '/api/v3/trace-summaries']) {
    expect(await get(path, { ...V3, 'query.searchDepth': '10001' })).toEqual([500, message]);
  }
  for (const path of ['/search', '/search/results'])
    expect(await get(path, { limit: '10001' })).toEqual([400, message]);
  expect((await appWithSpans(2).get('/api/traces', { service: 'front' }))[0]).toBe(200);
});

test.each([
  { lookback: 'later' },
  { limit: '3000000000' },
  { start: '9223372036854775808' },
  { end: '1_000' },
  { maxDuration: '1' },
  { minDuration: '2s', maxDuration: '1s' },
  { tags: '{"a":1}' },
])('%j gets 400 in the older API, on the page and in its fragment', async (params) => {
  for (const path of ['/api/traces', '/search', '/search/results']) {
    expect((await get(path, { service: 'front', ...params } as Record<string, string>))[0]).toBe(400);
  }
});

test.each([
  { 'query.filter': '{"op":"eq"}' },
  { 'query.pagination.pageSize': '5' },
  { 'query.rawTraces': 'tRUE' },
  { 'query.startTimeMin': '2027-02-30T00:00:00Z' },
  { 'query.startTimeMin': '2027-01-29T24:00:00Z' },
])('%j gets 400 in API v3', async (params) => {
  for (const path of ['/api/v3/traces', '/api/v3/trace-summaries']) {
    expect((await get(path, { ...V3, ...params } as Record<string, string>))[0]).toBe(400);
  }
});

test('limits and times are validated even if traces are requested by id', async () => {
  expect((await get('/api/traces', { traceID: traceId(1), limit: '0' }))[0]).toBe(400);
  expect((await get('/api/traces', { traceID: traceId(1), start: '2', end: '1' }))[0]).toBe(400);
});
