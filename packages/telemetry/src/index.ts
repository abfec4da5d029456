export {
  ATTR_BOOKING_REVISION,
  ATTR_DUPLICATE,
  ATTR_ROOM_NUMBER,
} from './attributes.ts';
export { now } from './clock.ts';
export { tracedFetch } from './http-client.ts';
export { setHttpRoute, type TraceEdge, traceRequests } from './http-server.ts';
export { createLogger, type Logger } from './logger.ts';
export {
  type Attempt,
  captureContext,
  inContext,
  type MessageFacts,
  noteDeadLetter,
  type QueueTrace,
  type Received,
  type Send,
  startSend,
  traceProcess,
} from './messaging.ts';
export { countDeadLetter, type OutboxState, observeDeadLetters, observeOutbox } from './metrics.ts';
export type { Carrier } from './propagation.ts';
export { annotate, currentTraceId, detached, recordError, withSpan } from './spans.ts';
export { traceDatabase } from './sqlite.ts';
export { droppedSpans, shutdownTelemetry, telemetryState } from './state.ts';
