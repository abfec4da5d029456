export type { SpanShape } from '@hotel/system';
export { httpJson, type JsonRequest, type JsonResponse } from './http-json.ts';
export { insistOnTrace } from './insist.ts';
/** @public Compares spans that have already arrived; `insistOnTrace` waits for them. */
export { expectTrace, type MatchOptions, matchTrace } from './match.ts';
export { createQueryClient, type QueryClient, type TraceSearch } from './query-client.ts';
export { createTempoClient } from './query-client-tempo.ts';
/** @public Not used in this repository; needed to write another matcher. */
export { renderTree } from './render.ts';
/** @public Also useful without a system, to test how an exporter handles failures. */
export { type Sink, type SinkMode, type SinkOptions, startSink } from './sink.ts';
export type { Attributes, AttributeValue, Span } from './span.ts';
export { startTraced, type TracedOptions, type TracedSystem } from './start-traced.ts';
export { buildTree, type SpanNode, type SpanTree } from './tree.ts';
export { type TraceSource, type WaitOptions, waitForTrace } from './wait.ts';
