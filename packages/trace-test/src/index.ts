export { httpJson, type JsonRequest, type JsonResponse } from './http-json.ts';
export { insistOnTrace } from './insist.ts';
export type { ReceivedLog } from './log-record.ts';
/** @public Compares spans that have already arrived; `insistOnTrace` waits for them. */
export { expectTrace, type MatchOptions, matchTrace } from './match/match.ts';
/** @public Not used in this repository; needed to write another matcher. */
export { renderTree } from './match/render.ts';
export { buildTree, type SpanNode, type SpanTree } from './match/tree.ts';
export type { OtlpLogs } from './otlp/otlp-logs.ts';
export { readLogs } from './otlp/otlp-logs.ts';
export { decodeLogs } from './otlp/otlp-protobuf.ts';
/** @public Also useful without a system, to test how an exporter handles failures. */
export { type Sink, type SinkMode, type SinkOptions, startSink } from './otlp/sink.ts';
export { createQueryClient, type QueryClient, type TraceSearch } from './query/query-client.ts';
export { createTempoClient } from './query/query-client-tempo.ts';
export type { SpanShape, SystemWithTraces } from './shape.ts';
export type { Attributes, AttributeValue, Span } from './span.ts';
export { startTraced, type TracedOptions, type TracedSystem } from './start-traced.ts';
export { type TraceSource, type WaitOptions, waitForTrace } from './wait.ts';
