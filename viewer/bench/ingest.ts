// Measures ingest throughput, response times when full, and memory: the figures behind the viewer's limits.
//   node viewer/bench/ingest.ts [spans]
import { Client, credentials } from '@grpc/grpc-js';
import { encodeRequest } from '../test/otlp/otlp.proto.ts';
import { firstPaint } from './paint.ts';
import { type Started, startProcess } from './process.ts';
import { BATCH, batch, largeTrace } from './spans.ts';

const TOTAL = Number(process.argv[2] ?? 100_000);
const CONNECTIONS = 4;

const rate = (count: number, ms: number): string => `${Math.round((count / ms) * 1000).toLocaleString('en')}/s`;
const print = (what: string, figure: string, bound = ''): void =>
  console.log(`${what.padEnd(58)}${figure.padStart(16)}  ${bound}`);

/** Exports all bodies, a few concurrently, and returns the duration in milliseconds. */
async function send(viewer: Started, bodies: Buffer[]): Promise<number> {
  const clients = Array.from(
    { length: CONNECTIONS },
    () =>
      new Client(`127.0.0.1:${viewer.ports.otlpGrpc}`, credentials.createInsecure(), {
        'grpc.use_local_subchannel_pool': 1,
      }),
  );
  const waiting = [...bodies];
  const start = performance.now();
  await Promise.all(
    clients.map(async (client) => {
      for (let body = waiting.pop(); body !== undefined; body = waiting.pop()) {
        await call(client, body);
      }
    }),
  );
  const ms = performance.now() - start;
  for (const client of clients) client.close();
  return ms;
}

const call = (client: Client, body: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    const same = (bytes: Buffer): Buffer => bytes;
    client.makeUnaryRequest('/opentelemetry.proto.collector.trace.v1.TraceService/Export', same, same, body, (error) =>
      error ? reject(error) : resolve(),
    );
  });

/** Median and 95th percentile of the response times, including the body. */
async function time(viewer: Started, path: string): Promise<[median: number, slow: number]> {
  const times: number[] = [];
  for (let run = 0; run < 40; run++) {
    const start = performance.now();
    await (await fetch(`http://127.0.0.1:${viewer.ports.query}${path}`)).arrayBuffer();
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return [times[20] ?? 0, times[38] ?? 0];
}

const viewer = await startProcess();
try {
  print('memory at rest', await viewer.memory());
  const bodies = (from: number): Buffer[] =>
    Array.from({ length: Math.ceil(TOTAL / BATCH) }, (_, index) => encodeRequest(batch(from + index)));
  const first = bodies(0);
  const bytes = first.reduce((sum, body) => sum + body.length, 0);
  print(
    `sending ${TOTAL.toLocaleString('en')} spans (${Math.round(bytes / TOTAL)} bytes each) over gRPC`,
    rate(TOTAL, await send(viewer, first)),
    '>= 10,000/s',
  );
  print('memory when full', await viewer.memory());
  print('the same again, the oldest going out', rate(TOTAL, await send(viewer, bodies(first.length))), '>= 10,000/s');
  const { store } = (await (await fetch(`http://127.0.0.1:${viewer.ports.health}/status`)).json()) as {
    store: { spans: number; maxSpans: number; bytes: number; maxBytes: number; evictedTraces: number };
  };
  print('spans kept', store.spans.toLocaleString('en'), `<= ${store.maxSpans.toLocaleString('en')}`);
  print('bytes kept (estimated)', `${Math.round(store.bytes / 2 ** 20)} MiB`, `<= ${store.maxBytes / 2 ** 20} MiB`);
  print('traces dropped', store.evictedTraces.toLocaleString('en'));
  print('memory then', await viewer.memory());

  const window = `query.startTimeMin=${new Date(0).toISOString()}&query.startTimeMax=2100-01-01T00:00:00Z`;
  const tags = (pairs: Record<string, string>): string =>
    `&query.attributes=${encodeURIComponent(JSON.stringify(pairs))}`;
  for (const [what, path] of [
    ['newest 20', `/api/v3/trace-summaries?${window}&query.searchDepth=20`],
    [
      'of a service and an operation',
      `/api/v3/trace-summaries?${window}&query.searchDepth=20&query.serviceName=dispo&query.operationName=POST%20/api/v1/bookings`,
    ],
    [
      'by an attribute of one span',
      `/api/v3/trace-summaries?${window}&query.searchDepth=20${tags({ 'hotel.room.number': '42' })}`,
    ],
    [
      'by an attribute that nothing has',
      `/api/v3/trace-summaries?${window}&query.searchDepth=20${tags({ 'http.request.method': 'BREW' })}`,
    ],
    ['whole traces, older API', '/api/traces?service=dispo&start=0&limit=20'],
    ['the search page', '/search?lookback=7d'],
    ['the services page', '/dependencies'],
  ] as const) {
    const [median, slow] = await time(viewer, path);
    print(
      `full store, ${what}`,
      `${median.toFixed(1)} ms`,
      `95 %: ${slow.toFixed(1)} ms${path.includes('/api/') ? '   (< 50 ms)' : ''}`,
    );
  }

  for (const [spans, bound] of [
    [2000, '< 300 ms'],
    [10_000, '< 1 s'],
  ] as const) {
    const id = spans.toString(16).padStart(32, 'f');
    await send(viewer, [encodeRequest(largeTrace(id, spans))]);
    const what = `page of a trace of ${spans.toLocaleString('en')} spans`;
    const [median] = await time(viewer, `/trace/${id}`);
    print(`${what}, answered`, `${median.toFixed(1)} ms`);
    const painted = await firstPaint(`http://127.0.0.1:${viewer.ports.query}/trace/${id}`);
    print(`${what}, first paint`, painted === undefined ? 'no Chromium' : `${painted.toFixed(0)} ms`, bound);
  }
} finally {
  await viewer.stop();
}
