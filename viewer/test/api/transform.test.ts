import { expect, test } from 'vitest';
import { appWith } from '../support/app.ts';
import { request, spanId, T0, traceId } from '../support/spans.ts';

async function transform(body: unknown, { app, store } = appWith([])) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await app.request('/api/transform', { method: 'POST', body: text });
  return { status: response.status, body: (await response.json()) as unknown, spans: store.stats().spans };
}

const rest = { total: 0, limit: 0, offset: 0, errors: null };

test('an uploaded OTLP file is returned as Jaeger JSON and not stored', async () => {
  const file = request(
    {
      traceId: traceId(1),
      spanId: spanId(1),
      name: 'GET /rooms',
      kind: 2,
      durationMs: 3,
      attributes: { b: 1, a: 'x' },
    },
    {
      traceId: traceId(2),
      spanId: spanId(1),
      parentSpanId: '0'.repeat(16),
      name: 'other',
      status: { code: 2, message: 'late' },
      service: 'worker',
    },
    { traceId: traceId(1), spanId: spanId(2), parentSpanId: spanId(1), name: 'SELECT', kind: 3, startMs: 1 },
  );
  const { status, body, spans } = await transform(file);
  expect({ status, spans }).toEqual({ status: 200, spans: 0 });
  const scope = { key: 'otel.scope.name', type: 'string', value: 'test' };
  const common = { logs: [], processID: 'p1', warnings: null };
  expect(body).toEqual({
    ...rest,
    data: [
      {
        traceID: traceId(1),
        spans: [
          {
            ...common,
            traceID: traceId(1),
            spanID: spanId(1),
            operationName: 'GET /rooms',
            references: [],
            startTime: T0 * 1000,
            duration: 3000,
            tags: [
              scope,
              { key: 'b', type: 'int64', value: 1 },
              { key: 'a', type: 'string', value: 'x' },
              { key: 'span.kind', type: 'string', value: 'server' },
            ],
          },
          {
            ...common,
            traceID: traceId(1),
            spanID: spanId(2),
            operationName: 'SELECT',
            references: [{ refType: 'CHILD_OF', traceID: traceId(1), spanID: spanId(1) }],
            startTime: (T0 + 1) * 1000,
            duration: 1000,
            tags: [scope, { key: 'span.kind', type: 'string', value: 'client' }],
          },
        ],
        processes: { p1: { serviceName: 'dispo', tags: [] } },
        warnings: null,
      },
      {
        traceID: traceId(2),
        spans: [
          {
            ...common,
            traceID: traceId(2),
            spanID: spanId(1),
            operationName: 'other',
            references: [],
            startTime: T0 * 1000,
            duration: 1000,
            tags: [
              scope,
              { key: 'span.kind', type: 'string', value: 'internal' },
              { key: 'otel.status_code', type: 'string', value: 'ERROR' },
              { key: 'error', type: 'bool', value: true },
              { key: 'otel.status_description', type: 'string', value: 'late' },
            ],
          },
        ],
        processes: { p1: { serviceName: 'worker', tags: [] } },
        warnings: null,
      },
    ],
  });
});

test('field names in snake_case are transformed too, and a file without spans is an empty list', async () => {
  const snake = JSON.parse(
    JSON.stringify(request({ traceId: traceId(1), spanId: spanId(1) })).replaceAll(
      /"(\w+)":/g,
      (_, key: string) => `"${key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}":`,
    ),
  );
  expect((await transform(snake)).body).toMatchObject({
    data: [{ traceID: traceId(1), spans: [{ spanID: spanId(1) }] }],
  });
  expect((await transform({})).body).toEqual({ ...rest, data: [] });
});

test.each([
  ['is not JSON', 'no', /^not JSON/],
  ['has resourceSpans that are not a list', { resourceSpans: 5 }, /resourceSpans/],
  ['has an id that is not hex', request({ traceId: 'xyz', spanId: spanId(1) }), /a trace id must be 16 bytes/],
])('a file that %s gets 400 and the reason', async (_name, body, reason) => {
  expect(await transform(body)).toEqual({
    status: 400,
    spans: 0,
    body: { data: null, total: 0, limit: 0, offset: 0, errors: [{ code: 400, msg: expect.stringMatching(reason) }] },
  });
});

test('only POST is allowed', async () => {
  expect((await appWith([]).get('/api/transform'))[0]).toBe(405);
});
