import { expect, test } from 'vitest';
import { appWith } from '../support/app.ts';
import { request, spanId, traceId } from '../support/spans.ts';

/** web calls api twice; api and a separate job call db. One parent is missing, and one clock is behind. */
const { get } = appWith([
  request(
    { traceId: traceId(1), spanId: spanId(1), service: 'web', name: 'page', kind: 2 },
    { traceId: traceId(1), spanId: spanId(2), parentSpanId: spanId(1), service: 'web', name: 'call', kind: 3 },
    { traceId: traceId(1), spanId: spanId(3), parentSpanId: spanId(2), service: 'api', name: 'serve', kind: 2 },
    { traceId: traceId(1), spanId: spanId(4), parentSpanId: spanId(3), service: 'db', name: 'query', startMs: -1 },
    { traceId: traceId(1), spanId: spanId(5), parentSpanId: spanId(1), service: 'api', name: 'ping', kind: 2 },
    { traceId: traceId(2), spanId: spanId(1), service: 'web', name: 'page', kind: 2 },
    { traceId: traceId(2), spanId: spanId(5), parentSpanId: spanId(1), service: 'api', name: 'ping', kind: 2 },
    { traceId: traceId(3), spanId: spanId(1), service: 'job', name: 'run' },
    { traceId: traceId(3), spanId: spanId(2), parentSpanId: spanId(1), service: 'db', name: 'query' },
    { traceId: traceId(4), spanId: spanId(2), parentSpanId: spanId(9), service: 'api', name: 'lost' },
  ),
]);

const json = async (path: string, params: Record<string, string>): Promise<unknown> =>
  JSON.parse((await get(path, params))[1]);
const exemplars = (...traces: number[]) => traces.map((n) => ({ key: 'exemplar_trace_id', value: traceId(n) }));
const PING = {
  path: [
    { service: 'web', operation: 'page' },
    { service: 'api', operation: 'ping' },
  ],
  attributes: exemplars(1, 2),
};
const QUERY = {
  path: [
    { service: 'web', operation: 'page' },
    { service: 'api', operation: 'serve' },
    { service: 'db', operation: 'query' },
  ],
  attributes: exemplars(1),
};
const LOST = { path: [{ service: 'api', operation: 'lost' }], attributes: exemplars(4) };

test('deep dependencies are the paths between services through the requested one, with example traces', async () => {
  const paths = (await json('/api/deep-dependencies', { service: 'api' })) as { dependencies: unknown[] };
  expect(paths.dependencies).toHaveLength(3);
  expect(paths.dependencies).toEqual(expect.arrayContaining([PING, QUERY, LOST]));
  expect(await json('/api/deep-dependencies', { service: 'api', operation: 'serve' })).toEqual({
    dependencies: [QUERY],
  });
  expect(await json('/api/deep-dependencies', { service: 'nobody' })).toEqual({ dependencies: [] });
});

test('quality metrics count the stored spans, with examples', async () => {
  const quality = (await json('/api/quality-metrics', { service: 'api' })) as {
    scores: Array<{ key: string; max: number; value: number }>;
    metrics: Array<Record<string, unknown>>;
  };
  expect(quality.scores).toMatchObject([
    { key: 'coverage', max: 100, value: 75 },
    { key: 'quality', max: 100, value: 100 },
  ]);
  expect(quality.metrics[0]).toMatchObject({
    name: 'Parents are stored',
    category: 'coverage',
    passCount: 3,
    failureCount: 1,
    failureExamples: [{ traceID: traceId(4), spanIDs: [spanId(2)] }],
  });
  expect((await json('/api/quality-metrics', { service: 'db' })) as unknown).toMatchObject({
    scores: [{ value: 100 }, { value: 75 }],
    metrics: [
      { passCount: 2, failureCount: 0, failureExamples: [] },
      { name: 'Span ids are unique', passCount: 2 },
      { name: 'Children start after their parents', passCount: 1, failureExamples: [{ traceID: traceId(1) }] },
    ],
  });
  expect((await json('/api/quality-metrics', {})) as unknown).toMatchObject({
    metrics: [{ passCount: 6, failureCount: 1 }, {}, {}],
  });
});

test('quality metrics cover the requested hours, and omit checks that apply to no span', async () => {
  const old = appWith([
    request(
      { traceId: traceId(1), spanId: spanId(1), startMs: -7_200_000 },
      { traceId: traceId(2), spanId: spanId(1), startMs: -1000 },
    ),
  ]);
  const passed = async (hours: string): Promise<unknown> =>
    JSON.parse((await old.get('/api/quality-metrics', { service: 'dispo', hours }))[1]);
  expect(await passed('1')).toMatchObject({ metrics: [{ name: 'Span ids are unique', passCount: 1 }] });
  expect(await passed('3')).toMatchObject({ metrics: [{ name: 'Span ids are unique', passCount: 2 }] });
  for (const hours of ['0', '-1', 'all']) {
    expect((await old.get('/api/quality-metrics', { hours }))[0]).toBe(400);
  }
});
