import { describe, expect, test } from 'vitest';
import type { Viewer } from '../../src/viewer.ts';
import { postJson, query, startViewer } from '../support/harness.ts';
import { request, type SpanInput, spanId, T0, traceId } from '../support/spans.ts';

async function holding(...spans: SpanInput[]): Promise<Viewer> {
  const viewer = await startViewer();
  await postJson(viewer, request(...spans));
  return viewer;
}

const WINDOW = { start: String((T0 - 3_600_000) * 1000), end: String((T0 + 3_600_000) * 1000) };
const search = (viewer: Viewer, params: Record<string, string> | Array<[string, string]>) =>
  query(
    viewer,
    `/api/traces?${new URLSearchParams([...Object.entries(WINDOW), ...(Array.isArray(params) ? params : Object.entries(params))])}`,
  );
const ids = (body: unknown): string[] =>
  (body as { data: Array<{ traceID: string }> }).data.map((trace) => trace.traceID);
const nothing = { total: 0, limit: 0, offset: 0, errors: null };
const refusal = (code: number, msg: unknown) => ({
  data: null,
  total: 0,
  limit: 0,
  offset: 0,
  errors: [{ code, msg }],
});

test('services and operations are returned in the older envelope', async () => {
  const viewer = await holding(
    { traceId: traceId(1), spanId: spanId(1), service: 'front desk', name: 'GET /', kind: 2 },
    { traceId: traceId(1), spanId: spanId(2), service: 'front desk', name: 'GET /', kind: 3 },
    { traceId: traceId(1), spanId: spanId(3), service: 'front desk', name: 'unnamed kind', kind: 0 },
  );
  expect((await query(viewer, '/api/services')).body).toEqual({ ...nothing, data: ['front desk'], total: 1 });
  expect((await query(viewer, '/api/services/front%20desk/operations')).body).toEqual({
    ...nothing,
    data: ['GET /', 'unnamed kind'],
    total: 2,
  });
  expect((await query(viewer, '/api/services/nobody/operations')).body).toEqual({ ...nothing, data: [] });
  expect((await query(viewer, '/api/operations?service=front+desk')).body).toEqual({
    ...nothing,
    data: [
      { name: 'GET /', spanKind: 'client' },
      { name: 'GET /', spanKind: 'server' },
      { name: 'unnamed kind', spanKind: '' },
    ],
    total: 3,
  });
  expect((await query(viewer, '/api/operations?service=front+desk&spanKind=client')).body).toMatchObject({ total: 1 });
  expect(await query(viewer, '/api/operations')).toMatchObject({
    status: 400,
    body: refusal(400, "parameter 'service' is required"),
  });
});

describe('one trace', () => {
  test('is pretty on request, and unsorted when raw', async () => {
    const viewer = await holding({ traceId: traceId(1), spanId: spanId(1), attributes: { b: 1, a: 2 } });
    expect((await query(viewer, `/api/traces/${traceId(1)}?prettyPrint=true`)).text).toContain('\n    "data": [');
    expect((await query(viewer, `/api/traces/${traceId(1)}`)).text).toMatch(/"key":"a".*"key":"b"/);
    expect((await query(viewer, `/api/traces/${traceId(1)}?raw=true`)).text).toMatch(/"key":"b".*"key":"a"/);
  });

  test('an unknown id gets 404, malformed parameters 400', async () => {
    const viewer = await startViewer();
    expect(await query(viewer, '/api/traces/1')).toMatchObject({ status: 404, body: refusal(404, 'trace not found') });
    for (const path of ['xyz', '1?start=a', '1?end=b', '1?raw=foobar']) {
      expect(await query(viewer, `/api/traces/${path}`)).toMatchObject({
        status: 400,
        body: refusal(400, expect.any(String)),
      });
    }
    expect(await query(viewer, '/api/nothing')).toMatchObject({ status: 404, body: refusal(404, expect.any(String)) });
  });
});

describe('search', () => {
  const three = () =>
    holding(
      { traceId: traceId(1), spanId: spanId(1), durationMs: 10, name: 'a', attributes: { 'http.route': '/a:b', n: 1 } },
      { traceId: traceId(2), spanId: spanId(1), startMs: 2000, durationMs: 500, name: 'b', status: { code: 2 } },
      { traceId: traceId(3), spanId: spanId(1), startMs: 1000, durationMs: 100, service: 'cleaning' },
    );

  test.each([
    ['the service', {}, [2, 1]],
    ['the operation', { operation: 'a' }, [1]],
    ['tags as JSON', { tags: '{"n":"1"}' }, [1]],
    ['a tag', { tag: 'http.route:/a:b' }, [1]],
    ['errors', { tags: '{"error":"true"}' }, [2]],
    ['minimum duration', { minDuration: '400ms' }, [2]],
    ['maximum duration', { maxDuration: '0.01s' }, [1]],
    ['a limit', { limit: '1' }, [2]],
  ])('finds by %s, newest first', async (_name, params, expected) => {
    const viewer = await three();
    const { status, body } = await search(viewer, { service: 'dispo', ...(params as Record<string, string>) });
    expect(status).toBe(200);
    expect(ids(body)).toEqual(expected.map(traceId));
  });

  test('without a start looks back two days from now, or by the given lookback', async () => {
    const viewer = await startViewer();
    const ago = (hours: number): number => Date.now() - T0 - hours * 3_600_000;
    await postJson(
      viewer,
      request(
        { traceId: traceId(1), spanId: spanId(1), startMs: ago(0.1) },
        { traceId: traceId(2), spanId: spanId(1), startMs: ago(30) },
        { traceId: traceId(3), spanId: spanId(1), startMs: ago(80) },
      ),
    );
    const found = async (params: string): Promise<number> =>
      ids((await query(viewer, `/api/traces?service=dispo${params}`)).body).length;
    expect(await found('')).toBe(2);
    expect(await found('&lookback=1h')).toBe(1);
    expect(await found('&lookback=7d')).toBe(3);
    expect(await found('&lookback=custom')).toBe(2);
  });

  test('accepts trace ids instead, and reports missing ones', async () => {
    const viewer = await three();
    const { body } = await search(viewer, [
      ['traceID', traceId(3)],
      ['traceID', traceId(9)],
    ]);
    expect(ids(body)).toEqual([traceId(3)]);
    expect(body).toMatchObject({ errors: [{ msg: 'trace not found', traceID: traceId(9) }] });
  });

  test('without matches returns an empty list', async () => {
    const viewer = await startViewer();
    expect(await search(viewer, { service: 'nobody' })).toMatchObject({ status: 200, body: { ...nothing, data: [] } });
  });

  test.each([
    ['no service', {}, "parameter 'service' is required"],
    ['a start that is not a number', { service: 's', start: 'now' }, /^unable to parse param 'start'/],
    ['an end before the start', { service: 's', start: '2', end: '1' }, /start time must be before end time/],
    ['a duration without a unit', { service: 's', minDuration: '5' }, /^unable to parse param 'minDuration'/],
    [
      'a minimum duration above the maximum',
      { service: 's', minDuration: '2s', maxDuration: '1s' },
      /'maxDuration' should be greater/,
    ],
    ['a limit that is not a number', { service: 's', limit: 'all' }, /limit/],
    ['a limit of zero', { service: 's', limit: '0' }, /limit must be greater than 0/],
    ['tags that are not JSON', { service: 's', tags: 'a=b' }, /^malformed 'tags' parameter/],
    ['a tag without a value', { service: 's', tag: 'a' }, /^malformed 'tag' parameter, expecting key:value/],
    ['a malformed id', { traceID: 'xyz' }, /^cannot parse traceID param/],
  ])('with %s gets 400 and the reason', async (_name, params, message) => {
    const viewer = await startViewer();
    const { status, body } = await query(
      viewer,
      `/api/traces?${new URLSearchParams(params as Record<string, string>)}`,
    );
    expect(status).toBe(400);
    expect(body).toEqual(refusal(400, typeof message === 'string' ? message : expect.stringMatching(message)));
  });
});

test('dependencies count every span with a stored parent, as Jaeger does: links do not count', async () => {
  const viewer = await holding(
    { traceId: traceId(1), spanId: spanId(1), name: 'POST', kind: 2 },
    { traceId: traceId(1), spanId: spanId(2), parentSpanId: spanId(1), name: 'send', kind: 4 },
    // parent and link
    {
      traceId: traceId(1),
      spanId: spanId(3),
      parentSpanId: spanId(2),
      service: 'worker',
      kind: 5,
      links: [{ traceId: traceId(1), spanId: spanId(2) }],
    },
    // link only, in a trace of its own
    {
      traceId: traceId(2),
      spanId: spanId(4),
      service: 'worker',
      kind: 5,
      links: [{ traceId: traceId(1), spanId: spanId(2) }],
    },
    { traceId: traceId(2), spanId: spanId(5), parentSpanId: spanId(4), service: 'worker', kind: 3 },
    { traceId: traceId(2), spanId: spanId(6), parentSpanId: spanId(5), kind: 2 },
  );
  const window = `endTs=${T0 + 60_000}&lookback=3600000`;
  expect((await query(viewer, `/api/dependencies?${window}`)).body).toEqual({
    ...nothing,
    data: [
      { parent: 'dispo', child: 'dispo', callCount: 1 },
      { parent: 'dispo', child: 'worker', callCount: 1 },
      { parent: 'worker', child: 'dispo', callCount: 1 },
      { parent: 'worker', child: 'worker', callCount: 1 },
    ],
  });
  expect((await query(viewer, `/api/dependencies?${window}&service=dispo`)).body).toMatchObject({
    data: [{ child: 'dispo' }, { child: 'worker' }, { parent: 'worker' }],
  });
  // The traces last 1 ms; one that ends after the window is excluded.
  expect((await query(viewer, `/api/dependencies?endTs=${T0}&lookback=3600000`)).body).toMatchObject({ data: [] });
  expect((await query(viewer, `/api/dependencies?endTs=${T0 + 1}&lookback=1`)).body).toMatchObject({
    data: [{}, {}, {}, {}],
  });
  expect((await query(viewer, '/api/dependencies?endTs=1000&lookback=1000')).body).toEqual({ ...nothing, data: [] });
  expect((await query(viewer, '/api/dependencies?endTs=now')).status).toBe(400);
});
