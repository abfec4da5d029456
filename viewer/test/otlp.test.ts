import { gzipSync } from 'node:zlib';
import { status } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { exportGrpc, postBytes, postJson, query, startViewer } from './harness.ts';
import { decodeResponse, decodeStatus, encodeRequest } from './otlp.proto.ts';
import { request, spanId, traceId } from './spans.ts';

/** Every field and every type of value, in the form in which the query API gives it back. */
const EVERYTHING = {
  resourceSpans: [
    {
      resource: {
        attributes: [{ key: 'service.name', value: { stringValue: 'dispo' } }],
        droppedAttributesCount: 7,
      },
      scopeSpans: [
        {
          scope: {
            name: 'our.scope',
            version: '1.2.3',
            attributes: [{ key: 'scope.key', value: { boolValue: true } }],
            droppedAttributesCount: 8,
          },
          spans: [
            {
              traceId: traceId(1),
              spanId: spanId(1),
              traceState: 'vendor=value,other=1',
              parentSpanId: spanId(9),
              flags: 0x303,
              name: 'everything é 漢字 🏨',
              kind: 5,
              startTimeUnixNano: '1801300500123456789',
              endTimeUnixNano: '1801300500987654321',
              attributes: [
                { key: 'text', value: { stringValue: 'a "quoted" <b>' } },
                { key: 'empty', value: { stringValue: '' } },
                { key: 'yes', value: { boolValue: true } },
                { key: 'no', value: { boolValue: false } },
                { key: 'zero', value: { intValue: '0' } },
                { key: 'small', value: { intValue: '201' } },
                { key: 'minus', value: { intValue: '-5' } },
                { key: 'max', value: { intValue: '9223372036854775807' } },
                { key: 'min', value: { intValue: '-9223372036854775808' } },
                { key: 'double', value: { doubleValue: 1.5 } },
                { key: 'whole double', value: { doubleValue: 3 } },
                { key: 'bytes', value: { bytesValue: 'AAH+/w==' } },
                { key: 'list', value: { arrayValue: { values: [{ stringValue: 'a' }, { intValue: '1' }, {}] } } },
                { key: 'empty list', value: { arrayValue: {} } },
                {
                  key: 'map',
                  value: { kvlistValue: { values: [{ key: '__proto__', value: { boolValue: true } }] } },
                },
                { key: 'nothing', value: {} },
                { key: 'text', value: { stringValue: 'the same key again' } },
              ],
              droppedAttributesCount: 1,
              events: [
                {
                  timeUnixNano: '1801300500200000001',
                  name: 'exception',
                  attributes: [{ key: 'exception.message', value: { stringValue: 'no' } }],
                  droppedAttributesCount: 2,
                },
              ],
              droppedEventsCount: 3,
              links: [
                {
                  traceId: traceId(2),
                  spanId: spanId(2),
                  traceState: 'a=b',
                  attributes: [{ key: 'why', value: { stringValue: 'retry' } }],
                  droppedAttributesCount: 4,
                  flags: 0x101,
                },
              ],
              droppedLinksCount: 5,
              status: { message: 'it broke', code: 2 },
            },
          ],
          schemaUrl: 'https://example.com/scope',
        },
      ],
      schemaUrl: 'https://example.com/resource',
    },
  ],
};

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

  test('a double that is no number comes back as proto JSON spells it', async () => {
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

  test('gzip is understood on both encodings', async () => {
    const viewer = await startViewer();
    const gzip = { 'content-encoding': 'gzip' };
    const protobuf = await postBytes(viewer, gzipSync(encodeRequest(EVERYTHING)), gzip);
    expect(protobuf.status).toBe(200);
    const json = gzipSync(JSON.stringify(request({ traceId: traceId(3), spanId: spanId(1) })));
    expect((await postBytes(viewer, json, { ...gzip, 'content-type': 'application/json; charset=utf-8' })).status).toBe(
      200,
    );
    expect(viewer.store.stats().spans).toBe(2);
  });

  test('metrics and logs are taken and dropped', async () => {
    const viewer = await startViewer();
    expect(await exportGrpc(viewer, Buffer.from([1, 2, 3]), 'metrics', 'MetricsService')).toHaveLength(0);
    expect(await exportGrpc(viewer, Buffer.from([1, 2, 3]), 'logs', 'LogsService')).toHaveLength(0);
    expect((await postBytes(viewer, Buffer.from([1]), {}, '/v1/metrics')).status).toBe(200);
    expect((await postBytes(viewer, Buffer.from([1]), {}, '/v1/logs')).status).toBe(200);
    expect(viewer.store.stats().spans).toBe(0);
  });
});

describe('what cannot be taken', () => {
  const partly = request(
    { traceId: traceId(1), spanId: spanId(1) },
    { traceId: 'abcd', spanId: spanId(2) },
    { traceId: '0'.repeat(32), spanId: spanId(3) },
    { traceId: traceId(1), spanId: '0'.repeat(16) },
    { traceId: traceId(1), spanId: spanId(4), parentSpanId: 'ab' },
  );

  test('spans with impossible ids are rejected, the others are kept, and the sender is told', async () => {
    const viewer = await startViewer();
    const { partialSuccess } = (await (await postJson(viewer, partly)).json()) as {
      partialSuccess: { rejectedSpans: string; errorMessage: string };
    };
    expect(partialSuccess.rejectedSpans).toBe('4');
    expect(partialSuccess.errorMessage).toContain('4 of 5 spans rejected: a trace id must be 16 bytes, got "abcd"');
    expect(viewer.store.stats().spans).toBe(1);
  });

  test('gRPC answers the same partial success', async () => {
    const viewer = await startViewer();
    const response = decodeResponse(await exportGrpc(viewer, encodeRequest(partly)));
    expect(response).toMatchObject({ partialSuccess: { rejectedSpans: '4' } });
    expect(viewer.store.stats().spans).toBe(1);
  });

  test('an all-zero parent id is no parent', async () => {
    const viewer = await startViewer();
    await postJson(viewer, request({ traceId: traceId(1), spanId: spanId(1), parentSpanId: '0'.repeat(16) }));
    expect((await query(viewer, `/api/v3/traces/${traceId(1)}`)).text).not.toContain('parentSpanId');
  });

  test('truncated protobuf is refused whole, with the reason, over HTTP and gRPC', async () => {
    const viewer = await startViewer();
    const body = encodeRequest(EVERYTHING);
    const cut = body.subarray(0, body.length - 3);
    const response = await postBytes(viewer, cut);
    expect(response.status).toBe(400);
    expect(decodeStatus(new Uint8Array(await response.arrayBuffer()))).toEqual({
      code: 3,
      message: expect.stringMatching(/^malformed ExportTraceServiceRequest: .*ends after the message/),
    });
    await expect(exportGrpc(viewer, cut)).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: expect.stringContaining('malformed'),
    });
    expect(viewer.store.stats().spans).toBe(0);
  });

  test('no cut of a message crashes it or is stored in part', async () => {
    const viewer = await startViewer();
    const body = encodeRequest(EVERYTHING);
    for (let length = 1; length < body.length; length += 7) {
      const { status: code } = await postBytes(viewer, body.subarray(0, length));
      expect([200, 400]).toContain(code);
    }
    expect((await postBytes(viewer, body)).status).toBe(200);
    expect(viewer.store.stats().spans).toBe(1);
  });

  test('bytes of another format are refused', async () => {
    const viewer = await startViewer();
    for (const body of ['{"resourceSpans":[]}', '<html>', '\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff']) {
      expect((await postBytes(viewer, Buffer.from(body, 'latin1'))).status).toBe(400);
    }
  });

  test.each([
    ['not JSON', '{', /not JSON/],
    ['a list', '[]', /the request is not an object/],
    ['spans that are no list', '{"resourceSpans":{}}', /resourceSpans is not a list/],
    [
      'a name that is a number',
      JSON.stringify(request({ traceId: traceId(1), spanId: spanId(1), name: 5 })),
      /name is not text/,
    ],
    [
      'a time that is no number',
      JSON.stringify(request({ traceId: traceId(1), spanId: spanId(1), startTimeUnixNano: 'now' })),
      /not an integer/,
    ],
  ])('JSON that is %s gets 400 and a reason', async (_name, body, reason) => {
    const viewer = await startViewer();
    const response = await postJson(viewer, body);
    expect(response.status).toBe(400);
    expect(((await response.json()) as { message: string }).message).toMatch(reason);
  });

  test('values nested without end are refused', async () => {
    const viewer = await startViewer();
    const depth = 5000;
    const value = `${'{"arrayValue":{"values":['.repeat(depth)}${']}}'.repeat(depth)}`;
    const body = `{"resourceSpans":[{"resource":{"attributes":[{"key":"deep","value":${value}}]}}]}`;
    expect((await postJson(viewer, body)).status).toBe(400);
    // field 5 (array) of a value, holding field 1 (a value), and so on inwards
    let bytes = Buffer.alloc(0);
    const wrap = (tag: number): void => {
      const length: number[] = [];
      for (let rest = bytes.length; ; rest >>= 7) {
        if (rest < 128) {
          length.push(rest);
          break;
        }
        length.push((rest & 127) | 128);
      }
      bytes = Buffer.concat([Buffer.from([(tag << 3) | 2, ...length]), bytes]);
    };
    for (let level = 0; level < 500; level++) {
      wrap(1);
      wrap(5);
    }
    for (const tag of [2, 1, 1, 1]) wrap(tag);
    expect((await postBytes(viewer, bytes)).status).toBe(400);
  });

  test('an unknown content type, encoding, path or method is named', async () => {
    const viewer = await startViewer();
    const type = await postBytes(viewer, Buffer.alloc(0), { 'content-type': 'text/plain' });
    expect(type.status).toBe(415);
    expect(await type.text()).toContain('application/x-protobuf or application/json');
    expect((await postBytes(viewer, Buffer.alloc(0), { 'content-encoding': 'br' })).status).toBe(415);
    expect((await postBytes(viewer, Buffer.from('no gzip'), { 'content-encoding': 'gzip' })).status).toBe(400);
    expect((await postBytes(viewer, Buffer.alloc(0), {}, '/v1/profiles')).status).toBe(404);
    const get = await fetch(`http://127.0.0.1:${viewer.ports.otlpHttp}/v1/traces`);
    expect(get.status).toBe(405);
    expect(get.headers.get('allow')).toBe('POST');
  });

  test('more than 16 MiB is refused: plain, chunked, compressed and over gRPC', async () => {
    const viewer = await startViewer();
    const large = Buffer.alloc(17 * 1024 * 1024);
    expect((await postBytes(viewer, large)).status).toBe(413);
    const chunked = await fetch(`http://127.0.0.1:${viewer.ports.otlpHttp}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      body: new Blob([large]).stream(),
      duplex: 'half',
    } as RequestInit);
    expect(chunked.status).toBe(413);
    expect((await postBytes(viewer, gzipSync(large), { 'content-encoding': 'gzip' })).status).toBe(413);
    await expect(exportGrpc(viewer, large)).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED });
    expect((await query(viewer, '/api/v3/services')).status).toBe(200);
  });
});
