export type { SpanShape } from '@hotel/system';
export { httpJson, type JsonRequest, type JsonResponse } from './http-json.ts';
export { insistOnTrace } from './insist.ts';
/** @public For spans that are there already; `insistOnTrace` waits for them. */
export { expectTrace, type MatchOptions, matchTrace } from './match.ts';
export { createQueryClient, type QueryClient, type TraceSearch } from './query-client.ts';
export { createTempoClient } from './query-client-tempo.ts';
/** @public Nothing here needs it; who writes a matcher of their own does. */
export { renderTree } from './render.ts';
/** @public Also of use without a system: for what an exporter does in bad days. */
export { type Sink, type SinkMode, type SinkOptions, startSink } from './sink.ts';
export type { Attributes, AttributeValue, Span } from './span.ts';
export { startTraced, type TracedOptions, type TracedSystem } from './start-traced.ts';
export { buildTree, type SpanNode, type SpanTree } from './tree.ts';
export { type TraceSource, type WaitOptions, waitForTrace } from './wait.ts';
