import { gzipSync } from 'node:zlib';
import { status } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { exportGrpc, postBytes, postJson, query, startViewer } from '../support/harness.ts';
import { request, spanId, traceId } from '../support/spans.ts';
import { EVERYTHING } from './everything.ts';
import { decodeResponse, decodeStatus, encodeRequest } from './otlp.proto.ts';

describe('invalid input', () => {
  const partly = request(
    { traceId: traceId(1), spanId: spanId(1) },
    { traceId: 'abcd', spanId: spanId(2) },
    { traceId: '0'.repeat(32), spanId: spanId(3) },
    { traceId: traceId(1), spanId: '0'.repeat(16) },
    { traceId: traceId(1), spanId: spanId(4), parentSpanId: 'ab' },
  );

  test('spans with invalid ids are rejected, the others are kept, and the response reports it', async () => {
    const viewer = await startViewer();
    const { partialSuccess } = (await (await postJson(viewer, partly)).json()) as {
      partialSuccess: { rejectedSpans: string; errorMessage: string };
    };
    expect(partialSuccess.rejectedSpans).toBe('4');
    expect(partialSuccess.errorMessage).toContain('4 of 5 spans rejected: a trace id must be 16 bytes, got "abcd"');
    expect(viewer.stores.stats().spans).toBe(1);
  });

  test('gRPC returns the same partial success', async () => {
    const viewer = await startViewer();
    const response = decodeResponse(await exportGrpc(viewer, encodeRequest(partly)));
    expect(response).toMatchObject({ partialSuccess: { rejectedSpans: '4' } });
    expect(viewer.stores.stats().spans).toBe(1);
  });

  test('an all-zero parent id counts as no parent', async () => {
    const viewer = await startViewer();
    await postJson(viewer, request({ traceId: traceId(1), spanId: spanId(1), parentSpanId: '0'.repeat(16) }));
    expect((await query(viewer, `/api/v3/traces/${traceId(1)}`)).text).not.toContain('parentSpanId');
  });

  test('truncated protobuf is rejected completely, with the reason, over HTTP and gRPC', async () => {
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
    expect(viewer.stores.stats().spans).toBe(0);
  });

  test('a message cut at any byte neither crashes the viewer nor is stored in part', async () => {
    const viewer = await startViewer();
    const body = encodeRequest(EVERYTHING);
    for (let length = 1; length < body.length; length += 7) {
      const { status: code } = await postBytes(viewer, body.subarray(0, length));
      expect([200, 400]).toContain(code);
    }
    expect((await postBytes(viewer, body)).status).toBe(200);
    expect(viewer.stores.stats().spans).toBe(1);
  });

  test('other formats are rejected', async () => {
    const viewer = await startViewer();
    for (const body of ['{"resourceSpans":[]}', '<html>', '\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff']) {
      expect((await postBytes(viewer, Buffer.from(body, 'latin1'))).status).toBe(400);
    }
  });

  test.each([
    ['not JSON', '{', /not JSON/],
    ['a list', '[]', /the request is not an object/],
    ['spans that are not a list', '{"resourceSpans":{}}', /resourceSpans is not a list/],
    [
      'a name that is a number',
      JSON.stringify(request({ traceId: traceId(1), spanId: spanId(1), name: 5 })),
      /name is not text/,
    ],
    [
      'a time that is not a number',
      JSON.stringify(request({ traceId: traceId(1), spanId: spanId(1), startTimeUnixNano: 'now' })),
      /not an integer/,
    ],
  ])('JSON that is %s gets 400 and a reason', async (_name, body, reason) => {
    const viewer = await startViewer();
    const response = await postJson(viewer, body);
    expect(response.status).toBe(400);
    expect(((await response.json()) as { message: string }).message).toMatch(reason);
  });

  test('values nested too deeply are rejected', async () => {
    const viewer = await startViewer();
    const depth = 5000;
    const value = `${'{"arrayValue":{"values":['.repeat(depth)}${']}}'.repeat(depth)}`;
    const body = `{"resourceSpans":[{"resource":{"attributes":[{"key":"deep","value":${value}}]}}]}`;
    expect((await postJson(viewer, body)).status).toBe(400);
    // Nested: field 5 (array) of a value contains field 1 (a value), and so on.
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

  test('16 MiB of empty spans or parts are rejected before they fill the memory', async () => {
    const viewer = await startViewer();
    /** A field containing a message of `count` copies of `piece`. */
    const nest = (tags: number[], piece: number[], count: number): Buffer =>
      tags.reduceRight(
        (inner, tag) => {
          const length = Buffer.alloc(4);
          // Four varint bytes suffice for 16 MiB and may contain leading zeros.
          for (let byte = 0; byte < 4; byte++)
            length[byte] = ((inner.length >> (7 * byte)) & 127) | (byte < 3 ? 128 : 0);
          return Buffer.concat([Buffer.from([(tag << 3) | 2]), length, inner]);
        },
        Buffer.alloc(count * piece.length, Buffer.from(piece)),
      );
    const emptySpans = nest([1, 2], [(2 << 3) | 2, 0], 200_000);
    const refused = await postBytes(viewer, emptySpans);
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain('more than 100000 spans in one request');
    const emptyEvents = nest([1, 2, 2], [(11 << 3) | 2, 0], 8_000_000);
    expect(await (await postBytes(viewer, emptyEvents)).text()).toContain('send smaller batches');
    const json = `{"resourceSpans":[{"scopeSpans":[{"spans":[${'{},'.repeat(200_000)}{}]}]}]}`;
    expect((await postJson(viewer, json)).status).toBe(400);
    expect(viewer.stores.stats().spans).toBe(0);
  });

  test('the response names an unknown content type, encoding, path or method', async () => {
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

  test('more than 16 MiB is rejected: plain, chunked, compressed and over gRPC', async () => {
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
