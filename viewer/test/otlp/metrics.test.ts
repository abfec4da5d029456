import { status } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { Ingest } from '../../src/otlp/ingest.ts';
import { openStores } from '../../src/store/stores.ts';
import { exportGrpc, postBytes, postJson, startViewer } from '../support/harness.ts';
import { at, CUMULATIVE, DELTA, exponential, gauge, histogram, metricRequest, sum } from '../support/metrics.ts';
import { spanId, T0, traceId } from '../support/spans.ts';
import { decodeResponse, decodeStatus, encodeRequest } from './otlp.proto.ts';

const exemplar = { at: 4, value: 0.05, traceId: traceId(1), spanId: spanId(1) };

/** Every kind of metric. */
const EVERYTHING = metricRequest([
  gauge('memory', { at: 5, value: 1.5, attributes: { 'pool.name': 'old' } }, { at: 10, value: 2.5, flags: 1 }),
  sum('requests', CUMULATIVE, { at: 5, value: 3 }, { at: 10, value: 10 }),
  histogram('duration', DELTA, { at: 5, counts: [1, 2, 0, 1], exemplars: [exemplar] }),
  exponential('wait', CUMULATIVE, [{ at: 5, scale: 0, offset: -1, counts: [1, 0, 2], zeroCount: 1 }]),
]);

function open(maxBytes = 2 ** 26) {
  const stores = openStores({ maxSpans: 10, maxBytes });
  const ingest = new Ingest(stores);
  const send = (...metrics: unknown[]) => ingest.json('metrics', JSON.stringify(metricRequest(metrics)));
  const intervals = () =>
    stores.metrics.instruments().map(({ name, series }) => [name, ...series.map((s) => s.intervals)]);
  return { stores, ingest, send, intervals };
}

const ms = (seconds: number) => T0 + seconds * 1000;

describe('metrics', () => {
  test('of every kind are stored alike over gRPC, HTTP with protobuf, and HTTP with JSON', async () => {
    const [grpc, http, json] = [await startViewer(), await startViewer(), await startViewer()];
    expect(await exportGrpc(grpc, encodeRequest(EVERYTHING), 'metrics', 'MetricsService')).toHaveLength(0);
    expect((await postBytes(http, encodeRequest(EVERYTHING), {}, '/v1/metrics')).status).toBe(200);
    expect(await (await postJson(json, EVERYTHING, {}, '/v1/metrics')).json()).toEqual({});
    for (const { stores } of [grpc, http, json]) {
      const [duration, memory, requests, wait] = stores.metrics.instruments();
      expect(memory).toMatchObject({ service: 'dispo', name: 'memory', unit: '1', kind: 'level' });
      // A point that is flagged as having no value is left out.
      expect(memory?.series[0]?.intervals).toEqual([{ fromMs: ms(5), toMs: ms(5), value: 1.5 }]);
      expect(requests?.series[0]?.intervals).toEqual([
        { fromMs: ms(0), toMs: ms(5), value: 3 },
        { fromMs: ms(5), toMs: ms(10), value: 7 },
      ]);
      expect(duration?.series[0]?.intervals).toMatchObject([
        { value: 4, buckets: { bounds: [0.01, 0.1, 1], counts: [1, 2, 0, 1] } },
      ]);
      expect(duration?.series[0]?.exemplars).toEqual([
        { timeMs: ms(4), value: 0.05, traceId: traceId(1), spanId: spanId(1) },
      ]);
      expect(wait?.series[0]?.intervals).toMatchObject([
        { value: 4, buckets: { bounds: [0, 0.5, 1, 2, 4], counts: [1, 0, 1, 0, 2, 0] } },
      ]);
    }
  });

  test('that are not valid are rejected and counted with reasons, and the others are kept', async () => {
    const viewer = await startViewer();
    const body = metricRequest([
      gauge('good', { at: 5, value: 1 }),
      gauge('', { at: 5, value: 1 }),
      gauge('endless', { at: 5, value: 'Infinity' as unknown as number }),
      sum('requests', 0, { at: 5, value: 3 }),
      histogram('duration', DELTA, { at: 5, counts: [1, 2] }),
      histogram('sizes', DELTA, { at: 5, counts: [1, 2, 3], bounds: [2, 1] }),
      exponential('wait', DELTA, [{ at: 5, scale: 99, offset: 0, counts: [1] }]),
      { name: 'quantiles', summary: { dataPoints: [{ timeUnixNano: at(5) }] } },
    ]);
    const answer = await (await postJson(viewer, body, {}, '/v1/metrics')).json();
    expect(answer).toEqual({
      partialSuccess: {
        rejectedDataPoints: '7',
        errorMessage:
          '7 of 8 data points rejected: a metric must have a name; a value must be finite; the aggregation temporality must be delta or cumulative',
      },
    });
    const twice = await exportGrpc(viewer, encodeRequest(body), 'metrics', 'MetricsService');
    expect(decodeResponse(twice)).toMatchObject({ partialSuccess: { rejectedSpans: '8' } });
    expect(viewer.stores.stats()).toMatchObject({ streams: 1, points: 1 });
  });

  test('are rejected as a whole if the request is malformed, whatever byte it is cut at', async () => {
    const viewer = await startViewer();
    const body = encodeRequest(EVERYTHING);
    const response = await postBytes(viewer, body.subarray(0, -3), {}, '/v1/metrics');
    expect(response.status).toBe(400);
    expect(decodeStatus(new Uint8Array(await response.arrayBuffer())).message).toMatch(
      /^malformed ExportMetricsServiceRequest: .*ends after the message/,
    );
    await expect(exportGrpc(viewer, body.subarray(0, -3), 'metrics', 'MetricsService')).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
    });
    for (let length = 1; length < body.length; length += 11) {
      expect([200, 400]).toContain((await postBytes(viewer, body.subarray(0, length), {}, '/v1/metrics')).status);
    }
  });
});

describe('a cumulative stream', () => {
  test('that begins again counts from its new start', () => {
    const { send, intervals } = open();
    send(sum('requests', CUMULATIVE, { at: 5, value: 10 }, { at: 10, value: 12 }));
    send(sum('requests', CUMULATIVE, { at: 20, from: 15, value: 4 }, { at: 25, from: 15, value: 5 }));
    // Some senders keep their start.
    send(sum('requests', CUMULATIVE, { at: 30, from: 15, value: 2 }));
    expect(intervals()).toEqual([
      [
        'requests',
        [
          { fromMs: ms(0), toMs: ms(5), value: 10 },
          { fromMs: ms(5), toMs: ms(10), value: 2 },
          { fromMs: ms(15), toMs: ms(20), value: 4 },
          { fromMs: ms(20), toMs: ms(25), value: 1 },
          { fromMs: ms(25), toMs: ms(30), value: 2 },
        ],
      ],
    ]);
  });

  test('of histograms becomes the counts in between, and begins again when a count decreases', () => {
    const { send, stores } = open();
    const points = [
      [1, 2, 0, 0],
      [1, 5, 0, 1],
      [0, 1, 0, 0],
    ].map((counts, n) => ({ at: 5 * (n + 1), counts }));
    send(histogram('duration', CUMULATIVE, ...points));
    const [series] = stores.metrics.instruments()[0]?.series ?? [];
    expect(series?.intervals.map(({ buckets }) => buckets?.counts)).toEqual([
      [1, 2, 0, 0],
      [0, 3, 0, 1],
      [0, 1, 0, 0],
    ]);
  });

  test('of exponential histograms is subtracted at the coarser of two scales', () => {
    const { send, stores } = open();
    send(
      exponential('wait', CUMULATIVE, [
        { at: 5, scale: 1, offset: 0, counts: [1, 1] },
        { at: 10, scale: 0, offset: 0, counts: [3, 4] },
      ]),
    );
    const [series] = stores.metrics.instruments()[0]?.series ?? [];
    expect(series?.intervals.at(-1)?.buckets).toEqual({ bounds: [1, 2, 4], counts: [0, 1, 4, 0] });
  });

  test('with an unknown start begins at its first point', () => {
    const { send, intervals } = open();
    send(sum('requests', CUMULATIVE, { at: 5, startTimeUnixNano: '0', value: 1000 }));
    send(sum('requests', CUMULATIVE, { at: 10, startTimeUnixNano: '0', value: 1003 }));
    expect(intervals()).toEqual([['requests', [{ fromMs: ms(5), toMs: ms(10), value: 3 }]]]);
  });
});

describe('the number of streams', () => {
  const many = (from: number, count: number, seconds: number) =>
    gauge(
      'rooms',
      ...Array.from({ length: count }, (_, n) => ({ at: seconds, value: n, attributes: { room: `${from + n}` } })),
    );

  test('of a service is limited, and the response says so', () => {
    const { send, stores } = open();
    expect(send(many(0, 2005, 5))).toEqual({
      rejected: 5,
      stored: 2000,
      message:
        '5 of 2005 data points rejected: the service has 2000 metric streams already: use fewer attribute values',
    });
    // Streams that bring nothing any more make room.
    expect(send(gauge('clock', { at: 400, value: 1 })).rejected).toBe(1);
    send(gauge('rooms', { at: 400, value: 1, attributes: { room: '0' } }));
    expect(send(many(5000, 3, 401)).rejected).toBe(0);
    expect(stores.stats()).toMatchObject({ streams: 2000, evictedStreams: 3 });
  });

  test('does not let metrics take more than the bytes of the store', () => {
    const { send, stores } = open(500_000);
    for (let second = 0; second < 40; second++) {
      send(many(0, 100, second));
      expect(stores.stats().bytes).toBeLessThanOrEqual(500_000);
    }
    expect(stores.stats().points).toBeGreaterThan(0);
  });
});
