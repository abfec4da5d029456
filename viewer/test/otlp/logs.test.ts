import { gzipSync } from 'node:zlib';
import { status } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { toResourceLogs } from '../../src/api/otlp-logs.ts';
import type { Viewer } from '../../src/viewer.ts';
import { exportGrpc, postBytes, postJson, query, startViewer } from '../support/harness.ts';
import { logRequest } from '../support/logs.ts';
import { spanId, traceId } from '../support/spans.ts';
import { decodeResponse, decodeStatus, encodeRequest } from './otlp.proto.ts';

const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'dispo' } }], droppedAttributesCount: 7 };

/** Every field of a log record. */
const EVERYTHING = {
  resourceLogs: [
    {
      resource,
      scopeLogs: [
        {
          scope: { name: 'our.scope', version: '1.2.3' },
          logRecords: [
            {
              timeUnixNano: '1801300500123456789',
              observedTimeUnixNano: '1801300500123456999',
              severityNumber: 13,
              severityText: 'WARN',
              eventName: 'booking.rejected',
              body: { kvlistValue: { values: [{ key: 'room', value: { intValue: '101' } }] } },
              attributes: [{ key: 'hotel.room.number', value: { stringValue: '101' } }],
              droppedAttributesCount: 2,
              flags: 1,
              traceId: traceId(1),
              spanId: spanId(1),
            },
          ],
          schemaUrl: 'https://example.com/scope',
        },
      ],
      schemaUrl: 'https://example.com/resource',
    },
  ],
};

const stored = (viewer: Viewer) => toResourceLogs([...viewer.stores.logs.newest()].reverse());
const exportLogs = (viewer: Viewer, body: Buffer) => exportGrpc(viewer, body, 'logs', 'LogsService');

describe('log records', () => {
  test('are stored completely over gRPC, HTTP with protobuf, and HTTP with JSON', async () => {
    const [grpc, http, json] = [await startViewer(), await startViewer(), await startViewer()];
    expect(await exportLogs(grpc, encodeRequest(EVERYTHING))).toHaveLength(0);
    const zipped = gzipSync(encodeRequest(EVERYTHING));
    expect((await postBytes(http, zipped, { 'content-encoding': 'gzip' }, '/v1/logs')).status).toBe(200);
    expect(await (await postJson(json, EVERYTHING, {}, '/v1/logs')).json()).toEqual({});
    for (const viewer of [grpc, http, json]) expect(stored(viewer)).toEqual(EVERYTHING.resourceLogs);
  });

  test('that arrive twice are stored once', async () => {
    const viewer = await startViewer();
    for (const _ of [1, 2]) await postJson(viewer, EVERYTHING, {}, '/v1/logs');
    expect(viewer.stores.stats().logs).toBe(1);
  });

  test('with invalid ids are kept without a trace, as the specification says', async () => {
    const viewer = await startViewer();
    const ids = [
      { traceId: 'abcd', spanId: spanId(1) },
      { traceId: '0'.repeat(32), spanId: spanId(1) },
      { traceId: '../../search', spanId: '"><script>' },
      { traceId: traceId(1), spanId: 'xyz' },
    ];
    await postJson(
      viewer,
      logRequest(...ids.map((given, n) => ({ ...given, message: `record ${n}` }))),
      {},
      '/v1/logs',
    );
    expect([...viewer.stores.logs.newest()].map(({ traceId: trace, spanId: span }) => [trace, span])).toEqual([
      [traceId(1), ''],
      ...Array(3).fill(['', '']),
    ]);
  });

  test('without a time have the time at which they were observed', async () => {
    const viewer = await startViewer();
    await postJson(viewer, logRequest({ timeUnixNano: '0', observedTimeUnixNano: '5' }), {}, '/v1/logs');
    expect([...viewer.stores.logs.newest()].map(({ timeNano }) => timeNano)).toEqual([5n]);
  });

  test('that are too large are rejected and counted, and the others are kept', async () => {
    const viewer = await startViewer();
    const body = logRequest({ message: 'x'.repeat(2 ** 20) }, { message: 'small' });
    const { partialSuccess } = (await (await postJson(viewer, body, {}, '/v1/logs')).json()) as {
      partialSuccess: unknown;
    };
    const errorMessage = '1 of 2 log records rejected: a log record must be smaller than 1048576 bytes';
    expect(partialSuccess).toEqual({ rejectedLogRecords: '1', errorMessage });
    expect(decodeResponse(await exportLogs(viewer, encodeRequest(body)))).toMatchObject({
      partialSuccess: { rejectedSpans: '1', errorMessage },
    });
    expect(viewer.stores.stats().logs).toBe(2);
  });

  test('are rejected as a whole if the request is malformed', async () => {
    const viewer = await startViewer();
    const cut = encodeRequest(EVERYTHING).subarray(0, -3);
    const response = await postBytes(viewer, cut, {}, '/v1/logs');
    expect(response.status).toBe(400);
    expect(decodeStatus(new Uint8Array(await response.arrayBuffer())).message).toMatch(
      /^malformed ExportLogsServiceRequest: .*ends after the message/,
    );
    await expect(exportLogs(viewer, cut)).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
    for (const body of ['{', '[]', '{"resourceLogs":{}}', JSON.stringify(logRequest({ flags: 'loud' }))]) {
      expect((await postJson(viewer, body, {}, '/v1/logs')).status).toBe(400);
    }
    expect(viewer.stores.stats().logs).toBe(0);
  });

  test('cut at any byte neither crash the viewer nor are stored in part', async () => {
    const viewer = await startViewer();
    const body = encodeRequest(EVERYTHING);
    for (let length = 1; length < body.length; length += 5) {
      expect([200, 400]).toContain((await postBytes(viewer, body.subarray(0, length), {}, '/v1/logs')).status);
    }
    expect((await query(viewer, '/api/v3/services')).status).toBe(200);
  });

  test('are rejected before 100,001 of them fill the memory', async () => {
    const viewer = await startViewer();
    const empty = `{"resourceLogs":[{"scopeLogs":[{"logRecords":[${'{},'.repeat(100_000)}{}]}]}]}`;
    const response = await postJson(viewer, empty, {}, '/v1/logs');
    expect([response.status, await response.text()]).toEqual([
      400,
      expect.stringContaining('more than 100000 log records in one request: send smaller batches'),
    ]);
  });
});
