import { setTimeout as sleep } from 'node:timers/promises';
import type { ReceivedLog } from '../log-record.ts';
import { renderTree } from '../match/render.ts';
import type { Span } from '../span.ts';
import type { ExportedSignal, ExportHandler, ExportReply } from './grpc.ts';

/**
 * How the sink behaves. `ok` accepts everything. `refuse` does not listen (connection refused). `hang` reads a request and never
 * answers. `error` answers INTERNAL, which exporters must not retry. `garbage` answers with bytes that are not OTLP. `slow`
 * accepts everything and answers a second later. Only `ok` and `slow` keep spans and log records.
 */
export type SinkMode = 'ok' | 'refuse' | 'hang' | 'error' | 'garbage' | 'slow';

export interface SinkOptions {
  /** Default: a free port. */
  port?: number;
  /** See `Sink.forwardTo`. */
  forwardTo?: string;
  /** What it has services for; it answers UNIMPLEMENTED to the rest. Default: all. */
  signals?: readonly ExportedSignal[];
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
  /** Log records in order of arrival. */
  logs(): ReceivedLog[];
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

export async function startSink({ port = 0, forwardTo, signals }: SinkOptions = {}): Promise<Sink> {
  // Loaded lazily: loading gRPC and protobuf takes longer than a command that only reads traces.
  const { listenForExports } = await import('./grpc.ts');
  const { createForwarder } = await import('./forward.ts');
  const { decodeLogs, decodeTraces } = await import('./otlp-protobuf.ts');
  let mode: SinkMode = 'ok';
  let spans: Span[] = [];
  let logs: ReceivedLog[] = [];
  let received: Uint8Array[] = [];
  const forwarder = createForwarder();

  const accept = (bytes: Uint8Array, signal: ExportedSignal): ExportReply => {
    try {
      if (signal === 'logs') logs.push(...decodeLogs(bytes));
      else spans.push(...decodeTraces(bytes));
    } catch (error) {
      return { error: `not a request of ${signal}: ${error instanceof Error ? error.message : error}` };
    }
    if (sink.forwardTo) forwarder.forward(sink.forwardTo, signal, bytes);
    return { body: EMPTY_RESPONSE };
  };
  const handle: ExportHandler = (bytes, signal) => {
    received.push(bytes);
    if (mode === 'hang') return undefined;
    if (mode === 'error') return { error: 'the sink is set to fail' };
    if (mode === 'garbage') return { body: NO_PROTOBUF };
    const reply = accept(bytes, signal);
    return mode === 'slow' ? sleep(SLOW_MS, reply) : reply;
  };

  let listener: Awaited<ReturnType<typeof listenForExports>> | undefined = await listenForExports(
    port,
    handle,
    signals,
  );
  const ownPort = listener.port;

  const sink: Sink = {
    endpoint: `http://127.0.0.1:${ownPort}`,
    forwardTo,
    spans: () => [...spans],
    trace: (traceId) => spans.filter((span) => span.traceId === traceId),
    logs: () => [...logs],
    requests: () => received.length,
    rawBytes: () => Buffer.concat(received),
    forwardErrors: () => forwarder.errors(),
    clear() {
      spans = [];
      logs = [];
      received = [];
    },
    async waitFor(predicate, { timeoutMs = 60_000, what }) {
      const deadline = performance.now() + timeoutMs;
      while (!predicate([...spans])) {
        if (performance.now() >= deadline) {
          throw new Error(
            `Waited ${timeoutMs} ms for ${what}. The sink has ${spans.length} spans:\n${renderTree(spans)}`,
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
        listener ??= await listenForExports(ownPort, handle, signals);
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
