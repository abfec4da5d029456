import { setTimeout as sleep } from 'node:timers/promises';
import { renderTree } from '../match/render.ts';
import type { Span } from '../span.ts';
import type { ExportHandler, ExportReply } from './grpc.ts';

/**
 * How the sink behaves. `ok` accepts everything. `refuse` does not listen (connection refused). `hang` reads a request and never
 * answers. `error` answers INTERNAL, which exporters must not retry. `garbage` answers with bytes that are not OTLP. `slow`
 * accepts everything and answers a second later. Only `ok` and `slow` keep spans.
 */
export type SinkMode = 'ok' | 'refuse' | 'hang' | 'error' | 'garbage' | 'slow';

export interface SinkOptions {
  /** Default: a free port. */
  port?: number;
  /** See `Sink.forwardTo`. */
  forwardTo?: string;
}

/** An OTLP/gRPC receiver that keeps what it receives. */
export interface Sink extends AsyncDisposable {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly endpoint: string;
  /** Forwards the same bytes to another OTLP/gRPC endpoint, whether or not it answers. */
  forwardTo: string | undefined;
  /** In order of arrival; a span that was sent twice appears twice. */
  spans(): Span[];
  trace(traceId: string): Span[];
  /** Requests received, in every mode. */
  requests(): number;
  /** All bytes received in every mode, uncompressed: to search for what must not leave a process. */
  rawBytes(): Buffer;
  /** What could not be forwarded, and why. */
  forwardErrors(): string[];
  clear(): void;
  /** Resolves to all spans once the predicate holds. Rejects after `timeoutMs` (default 60 s) with the trees received so far. */
  waitFor(predicate: (spans: Span[]) => boolean, options: { timeoutMs?: number; what: string }): Promise<Span[]>;
  setMode(mode: SinkMode): Promise<void>;
  stop(): Promise<void>;
}

const POLL_MS = 20;
const SLOW_MS = 1_000;
const EMPTY_RESPONSE = new Uint8Array();
/** A protobuf tag with an invalid wire type. */
const NO_PROTOBUF = Uint8Array.of(0xff, 0xff, 0xff);

export async function startSink({ port = 0, forwardTo }: SinkOptions = {}): Promise<Sink> {
  // Loaded lazily: loading gRPC and protobuf takes longer than a command that only reads traces.
  const { listenForExports } = await import('./grpc.ts');
  const { createForwarder } = await import('./forward.ts');
  const { decodeRequest } = await import('./otlp-protobuf.ts');
  let mode: SinkMode = 'ok';
  let spans: Span[] = [];
  let received: Uint8Array[] = [];
  const forwarder = createForwarder();

  const accept = (bytes: Uint8Array): ExportReply => {
    try {
      spans.push(...decodeRequest(bytes));
    } catch (error) {
      return { error: `not an ExportTraceServiceRequest: ${error instanceof Error ? error.message : error}` };
    }
    if (sink.forwardTo) forwarder.forward(sink.forwardTo, bytes);
    return { body: EMPTY_RESPONSE };
  };
  const handle: ExportHandler = (bytes) => {
    received.push(bytes);
    if (mode === 'hang') return undefined;
    if (mode === 'error') return { error: 'the sink is set to fail' };
    if (mode === 'garbage') return { body: NO_PROTOBUF };
    const reply = accept(bytes);
    return mode === 'slow' ? sleep(SLOW_MS, reply) : reply;
  };

  let listener: Awaited<ReturnType<typeof listenForExports>> | undefined = await listenForExports(port, handle);
  const ownPort = listener.port;

  const sink: Sink = {
    endpoint: `http://127.0.0.1:${ownPort}`,
    forwardTo,
    spans: () => [...spans],
    trace: (traceId) => spans.filter((span) => span.traceId === traceId),
    requests: () => received.length,
    rawBytes: () => Buffer.concat(received),
    forwardErrors: () => forwarder.errors(),
    clear() {
      spans = [];
      received = [];
    },
    async waitFor(predicate, { timeoutMs = 60_000, what }) {
      const deadline = performance.now() + timeoutMs;
      while (!predicate([...spans])) {
        if (performance.now() >= deadline) {
          throw new Error(
            `No ${what} after ${timeoutMs} ms. The sink has ${spans.length} spans:\n${renderTree(spans)}`,
          );
        }
        await sleep(POLL_MS);
      }
      return [...spans];
    },
    async setMode(next) {
      mode = next;
      if (next === 'refuse') {
        listener?.close();
        listener = undefined;
      } else {
        listener ??= await listenForExports(ownPort, handle);
      }
    },
    async stop() {
      forwarder.close();
      listener?.close();
      listener = undefined;
    },
    [Symbol.asyncDispose]: () => sink.stop(),
  };
  return sink;
}
