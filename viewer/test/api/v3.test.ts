import { describe, expect, test } from 'vitest';
import type { Viewer } from '../../src/viewer.ts';
import { postJson, query, startViewer } from '../support/harness.ts';
import { request, type SpanInput, spanId, T0, traceId } from '../support/spans.ts';

const WINDOW = {
  'query.startTimeMin': new Date(T0 - 3_600_000).toISOString(),
  'query.startTimeMax': new Date(T0 + 3_600_000).toISOString(),
};

async function holding(...spans: SpanInput[]): Promise<Viewer> {
  const viewer = await startViewer();
  await postJson(viewer, request(...spans));
  return viewer;
}

const search = (viewer: Viewer, params: Record<string, string>, path = '/api/v3/traces') =>
  query(viewer, `${path}?${new URLSearchParams({ ...WINDOW, ...params })}`);

/** The trace ids of a result, in its order. */
async function found(viewer: Viewer, params: Record<string, string>): Promise<string[]> {
  const { body } = await search(viewer, params, '/api/v3/trace-summaries');
  return (body as { summaries: Array<{ traceId: string }> }).summaries.map((summary) => summary.traceId);
}

describe('services and operations', () => {
  test('an empty viewer lists none', async () => {
    const viewer = await startViewer();
    expect(await query(viewer, '/api/v3/services')).toMatchObject({ status: 200, body: { services: [] } });
    expect(await query(viewer, '/api/v3/operations?service=x')).toMatchObject({
      status: 200,
      body: { operations: [] },
    });
  });

  test('are sorted by name, with their kind, and can be filtered by kind', async () => {
    const viewer = await holding(
      { traceId: traceId(1), spanId: spanId(1), service: 'dispo', name: 'POST /x', kind: 2 },
      { traceId: traceId(1), spanId: spanId(2), service: 'dispo', name: 'INSERT', kind: 3 },
      { traceId: traceId(1), spanId: spanId(3), service: 'cleaning', name: 'process', kind: 5 },
      { traceId: traceId(1), spanId: spanId(4), service: 'dispo', name: 'unnamed kind', kind: 0 },
    );
    expect((await query(viewer, '/api/v3/services')).body).toEqual({ services: ['cleaning', 'dispo'] });
    const all = [
      { name: 'INSERT', spanKind: 'client' },
      { name: 'POST /x', spanKind: 'server' },
      { name: 'unnamed kind', spanKind: 'internal' },
    ];
    expect((await query(viewer, '/api/v3/operations?service=dispo')).body).toEqual({ operations: all });
    for (const param of ['spanKind=server', 'span_kind=SERVER']) {
      expect((await query(viewer, `/api/v3/operations?service=dispo&${param}`)).body).toEqual({ operations: [all[1]] });
    }
  });
});

describe('one trace', () => {
  test('accepts an id in upper case or without leading zeros', async () => {
    const id = '00000000000000000000000000abcdef';
    const viewer = await holding({ traceId: id, spanId: spanId(1) });
    for (const form of [id, id.toUpperCase(), 'abcdef']) {
      expect((await query(viewer, `/api/v3/traces/${form}`)).text).toContain(`"traceId":"${id}"`);
    }
  });

  test('an unknown id gets 404, a malformed id or parameter 400', async () => {
    const viewer = await startViewer();
    expect(await query(viewer, `/api/v3/traces/${traceId(1)}`)).toMatchObject({
      status: 404,
      body: { error: { httpCode: 404, message: 'No traces found' } },
    });
    for (const path of ['xyz', '1'.repeat(33), '1?startTime=now', '1?end_time=now', '1?rawTraces=perhaps']) {
      const { status, body } = await query(viewer, `/api/v3/traces/${path}`);
      expect({ path, status, body }).toMatchObject({
        status: 400,
        body: { error: { httpCode: 400, message: expect.stringMatching(/^malformed parameter /) } },
      });
    }
    expect(await query(viewer, '/api/v3/nothing')).toMatchObject({ status: 404, body: { error: { httpCode: 404 } } });
  });

  test('spans that arrive late, twice and in any order form one trace', async () => {
    const viewer = await holding({
      traceId: traceId(1),
      spanId: spanId(2),
      parentSpanId: spanId(1),
      startMs: 5,
      name: 'child',
    });
    await postJson(viewer, request({ traceId: traceId(1), spanId: spanId(1), name: 'root', durationMs: 50 }));
    await postJson(viewer, request({ traceId: traceId(1), spanId: spanId(1), name: 'root', durationMs: 50 }));
    const { body } = await query(viewer, `/api/v3/traces/${traceId(1)}`);
    const { result } = body as {
      result: { resourceSpans: Array<{ scopeSpans: Array<{ spans: Array<{ name: string }> }> }> };
    };
    expect(result.resourceSpans).toHaveLength(1);
    expect(result.resourceSpans[0]?.scopeSpans[0]?.spans.map((span) => span.name)).toEqual(['root', 'child']);
  });
});

describe('search', () => {
  const three = () =>
    holding(
      {
        traceId: traceId(1),
        spanId: spanId(1),
        startMs: 0,
        durationMs: 10,
        name: 'GET /a',
        attributes: { 'http.route': '/a', n: 1 },
      },
      { traceId: traceId(2), spanId: spanId(1), startMs: 2000, durationMs: 500, name: 'GET /b', status: { code: 2 } },
      {
        traceId: traceId(3),
        spanId: spanId(1),
        startMs: 1000,
        durationMs: 100,
        service: 'cleaning',
        name: 'GET /a',
        attributes: { ok: true },
      },
    );

  test('returns the newest first, up to the requested depth', async () => {
    const viewer = await three();
    expect(await found(viewer, {})).toEqual([traceId(2), traceId(3), traceId(1)]);
    for (const depth of ['query.searchDepth', 'query.search_depth', 'query.num_traces']) {
      expect(await found(viewer, { [depth]: '2' })).toEqual([traceId(2), traceId(3)]);
    }
  });

  test.each([
    ['service', { 'query.serviceName': 'dispo' }, [2, 1]],
    ['service, snake_case', { 'query.service_name': 'cleaning' }, [3]],
    ['operation', { 'query.operationName': 'GET /a' }, [3, 1]],
    ['service and operation', { 'query.serviceName': 'dispo', 'query.operation_name': 'GET /a' }, [1]],
    ['an operation of another service', { 'query.serviceName': 'cleaning', 'query.operationName': 'GET /b' }, []],
    ['minimum duration', { 'query.durationMin': '100ms' }, [2, 3]],
    ['maximum duration', { 'query.duration_max': '0.1s' }, [3, 1]],
    ['text attribute', { 'query.attributes': '{"http.route":"/a"}' }, [1]],
    ['number attribute', { 'query.attributes': '{"n":"1"}' }, [1]],
    ['boolean attribute', { 'query.attributes': '{"ok":"true"}' }, [3]],
    ['resource attribute', { 'query.attributes': '{"service.name":"cleaning"}' }, [3]],
    ['error', { 'query.attributes': '{"error":"true"}' }, [2]],
    ['time', { 'query.startTimeMin': new Date(T0 + 500).toISOString() }, [2, 3]],
    ['time, snake_case', { 'query.startTimeMax': '', 'query.start_time_max': new Date(T0 + 500).toISOString() }, [1]],
  ])('by %s', async (_name, params, expected) => {
    const viewer = await three();
    expect(await found(viewer, params as Record<string, string>)).toEqual(expected.map(traceId));
  });

  test('finds complete traces, even by a span in the middle', async () => {
    const viewer = await holding(
      { traceId: traceId(1), spanId: spanId(1), name: 'root' },
      { traceId: traceId(1), spanId: spanId(2), parentSpanId: spanId(1), name: 'middle', service: 'cleaning' },
    );
    const { status, text } = await search(viewer, { 'query.operationName': 'middle' });
    expect(status).toBe(200);
    expect(text).toContain('"name":"root"');
  });

  test('without matches returns 404 for traces and an empty list for summaries', async () => {
    const viewer = await startViewer();
    expect(await search(viewer, {})).toMatchObject({
      status: 404,
      body: { error: { httpCode: 404, message: 'No traces found' } },
    });
    expect(await search(viewer, {}, '/api/v3/trace-summaries')).toMatchObject({ status: 200, body: { summaries: [] } });
  });

  test.each([
    [
      'no times',
      { 'query.startTimeMin': '', 'query.startTimeMax': '' },
      /^query.startTimeMin and query.startTimeMax are required$/,
    ],
    ['one time', { 'query.startTimeMax': '' }, /are required/],
    [
      'a time in microseconds',
      { 'query.startTimeMin': '1801300500000000' },
      /^malformed parameter query.startTimeMin: .* RFC 3339/,
    ],
    ['a duration without a unit', { 'query.durationMin': '5' }, /^malformed parameter query.durationMin: .* duration/],
    ['a depth that is not a number', { 'query.num_traces': 'many' }, /^malformed parameter query.num_traces/],
    ['a negative depth', { 'query.searchDepth': '-1' }, /^malformed parameter query.searchDepth/],
    ['attributes that are not JSON', { 'query.attributes': 'a=b' }, /^malformed parameter query.attributes/],
    ['attributes that are not strings', { 'query.attributes': '{"a":1}' }, /^malformed parameter query.attributes/],
  ])('with %s gets 400 and the reason', async (_name, params, message) => {
    const viewer = await startViewer();
    for (const path of ['/api/v3/traces', '/api/v3/trace-summaries']) {
      const { status, body } = await search(viewer, params as Record<string, string>, path);
      expect({ status, body }).toEqual({
        status: 400,
        body: { error: { httpCode: 400, message: expect.stringMatching(message) } },
      });
    }
  });

  test('summaries count spans, errors, orphans and services, and omit zeros', async () => {
    const viewer = await holding(
      { traceId: traceId(1), spanId: spanId(1), name: 'root', durationMs: 20 },
      { traceId: traceId(1), spanId: spanId(2), parentSpanId: spanId(1), service: 'cleaning', status: { code: 2 } },
      { traceId: traceId(1), spanId: spanId(3), parentSpanId: spanId(99), startMs: 30, durationMs: 5 },
    );
    expect((await search(viewer, {}, '/api/v3/trace-summaries')).body).toEqual({
      summaries: [
        {
          traceId: traceId(1),
          rootServiceName: 'dispo',
          rootOperationName: 'root',
          minStartTimeUnixNano: `${T0}000000`,
          maxEndTimeUnixNano: `${T0 + 35}000000`,
          spanCount: 3,
          errorSpanCount: 1,
          orphanSpanCount: 1,
          services: [
            { name: 'cleaning', spanCount: 1, errorSpanCount: 1 },
            { name: 'dispo', spanCount: 2 },
          ],
        },
      ],
    });
  });
});
