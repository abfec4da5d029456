import { setTimeout as sleep } from 'node:timers/promises';
import type { ExportHandler, ExportReply } from './grpc.ts';
import { renderTree } from './render.ts';
import type { Span } from './span.ts';

/**
 * How the sink behaves: `ok` takes everything; `refuse` does not listen (connection refused); `hang` takes a request and never
 * answers it; `error` answers INTERNAL, which exporters may not retry; `garbage` answers what is no OTLP; `slow` takes everything, and
 * says so a second later. Only `ok` and `slow` keep spans.
 */
export type SinkMode = 'ok' | 'refuse' | 'hang' | 'error' | 'garbage' | 'slow';

export interface SinkOptions {
  /** Default: one that is free. */
  port?: number;
  /** See `Sink.forwardTo`. */
  forwardTo?: string;
}

/** An OTLP/gRPC receiver that keeps what it gets. */
export interface Sink extends AsyncDisposable {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly endpoint: string;
  /** An OTLP/gRPC endpoint that gets the same bytes, whether it answers or not. */
  forwardTo: string | undefined;
  /** In the order in which they came in; a span that was sent twice is there twice. */
  spans(): Span[];
  trace(traceId: string): Span[];
  /** The requests that came in, in every mode. */
  requests(): number;
  /** Everything that came in, in every mode, uncompressed: for searching what must not leave a process. */
  rawBytes(): Buffer;
  /** What could not be passed on, and why. */
  forwardErrors(): string[];
  clear(): void;
  /** All spans as soon as the predicate holds for them. Rejects after `timeoutMs` (default 20 s) with the trees that are there. */
  waitFor(predicate: (spans: Span[]) => boolean, options: { timeoutMs?: number; what: string }): Promise<Span[]>;
  setMode(mode: SinkMode): Promise<void>;
  stop(): Promise<void>;
}

const POLL_MS = 20;
const SLOW_MS = 1_000;
const EMPTY_RESPONSE = new Uint8Array();
/** A field header whose wire type does not exist. */
const NO_PROTOBUF = Uint8Array.of(0xff, 0xff, 0xff);

export async function startSink({ port = 0, forwardTo }: SinkOptions = {}): Promise<Sink> {
  // Loaded only here: gRPC and protobuf cost a command that just reads traces more time than the reading does.
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
    if (mode === 'error') return { error: 'the sink was told to fail' };
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
    async waitFor(predicate, { timeoutMs = 20_000, what }) {
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
