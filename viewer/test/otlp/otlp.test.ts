import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { exportGrpc, postBytes, postJson, query, startViewer } from '../support/harness.ts';
import { request, spanId, traceId } from '../support/spans.ts';
import { EVERYTHING } from './everything.ts';
import { encodeRequest } from './otlp.proto.ts';

describe('OTLP in, OTLP out', () => {
  test('protobuf over gRPC loses nothing', async () => {
    const viewer = await startViewer();
    expect(await exportGrpc(viewer, encodeRequest(EVERYTHING))).toHaveLength(0);
    expect((await query(viewer, `/api/v3/traces/${traceId(1)}?rawTraces=true`)).body).toEqual({ result: EVERYTHING });
  });

  test('protobuf over HTTP loses nothing', async () => {
    const viewer = await startViewer();
    const response = await postBytes(viewer, encodeRequest(EVERYTHING));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/x-protobuf');
    expect((await query(viewer, `/api/v3/traces/${traceId(1)}?rawTraces=true`)).body).toEqual({ result: EVERYTHING });
  });

  test('JSON over HTTP loses nothing', async () => {
    const viewer = await startViewer();
    const response = await postJson(viewer, EVERYTHING);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({});
    expect((await query(viewer, `/api/v3/traces/${traceId(1)}?rawTraces=true`)).body).toEqual({ result: EVERYTHING });
  });

  test('NaN and infinities are returned in the spelling of proto JSON', async () => {
    const viewer = await startViewer();
    await postJson(viewer, request({ traceId: traceId(1), spanId: spanId(1) }));
    const values = ['NaN', 'Infinity', '-Infinity'];
    const attributes = values.map((doubleValue) => ({ key: doubleValue, value: { doubleValue } }));
    const body = {
      resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: traceId(2), spanId: spanId(1), attributes }] }] }],
    };
    await postJson(viewer, body);
    const { text } = await query(viewer, `/api/v3/traces/${traceId(2)}`);
    for (const value of values) expect(text).toContain(`{"doubleValue":"${value}"}`);
  });

  test('gzip works with both encodings', async () => {
    const viewer = await startViewer();
    const gzip = { 'content-encoding': 'gzip' };
    const protobuf = await postBytes(viewer, gzipSync(encodeRequest(EVERYTHING)), gzip);
    expect(protobuf.status).toBe(200);
    const json = gzipSync(JSON.stringify(request({ traceId: traceId(3), spanId: spanId(1) })));
    expect((await postBytes(viewer, json, { ...gzip, 'content-type': 'application/json; charset=utf-8' })).status).toBe(
      200,
    );
    expect(viewer.stores.stats().spans).toBe(2);
  });
});
