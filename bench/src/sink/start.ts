import { startHelper } from '../helper/parent.ts';

export interface SpanCounts {
  spans: number;
  /** Bytes from the exporters, uncompressed, with gRPC's frames but without HTTP/2 headers. */
  bytes: number;
  /** The part of them in requests of log records. */
  logBytes: number;
  requests: number;
}

export interface CountingSink extends AsyncDisposable {
  readonly pid: number;
  endpoint: string;
  counts(): Promise<SpanCounts>;
}

export async function startSink(windowBytes?: number): Promise<CountingSink> {
  const helper = await startHelper<object, SpanCounts, { port: number }>(new URL('./sink.ts', import.meta.url), {
    args: windowBytes === undefined ? [] : [String(windowBytes)],
  });
  return {
    endpoint: `http://127.0.0.1:${helper.hello.port}`,
    pid: helper.pid,
    counts: () => helper.ask({}),
    [Symbol.asyncDispose]: () => helper[Symbol.asyncDispose](),
  };
}
