export {
  ATTR_BOOKING_REVISION,
  ATTR_DUPLICATE,
  ATTR_ROOM_NUMBER,
  EVENT_BOOKING_CANCELLED,
  EVENT_BOOKING_CHANGED,
  EVENT_BOOKING_MADE,
  EVENT_BOOKING_PUBLISHED_AGAIN,
  EVENT_BOOKING_REPEATED,
  EVENT_BOOKING_UNCHANGED,
  EVENT_CLEANING_CONFIRMED,
  EVENT_CLEANING_DUPLICATE,
  EVENT_CLEANING_OUTDATED,
  EVENT_CLEANING_PLANNED,
  EVENT_GUEST_CHECKED_IN,
  EVENT_GUEST_CHECKED_OUT,
  EVENT_HISTORY_CONFLICT,
  EVENT_MESSAGE_DEAD_LETTERED,
  EVENT_MESSAGE_FAILED,
  EVENT_ROOM_CLEANED,
  EVENT_ROOM_DECLARED_CLEAN,
} from './attributes.ts';
export { reportedTelemetry } from './browser/reported.ts';
export { type TracedCall, traceCall } from './edges/http-client.ts';
export { setHttpRoute, type TraceEdge, traceRequests } from './edges/http-server.ts';
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
} from './edges/messaging.ts';
export { type Moment, moment } from './edges/moment.ts';
export {
  createPostgresWaits,
  observeQuery,
  type PostgresQuery,
  type PostgresWaits,
  postgresQuery,
} from './edges/postgres.ts';
export { traceRedis } from './edges/redis.ts';
export { annotate, currentTraceId, detached, recordError, unsampled, withSpan } from './edges/spans.ts';
export { traceDatabase } from './edges/sqlite.ts';
export { createDatabaseWaits, type DatabaseWaits } from './edges/sqlite-waits.ts';
export { countOutboxEvents, measureConfirmation, type OutboxState, observeOutbox } from './metrics/outbox.ts';
export { countDeadLetter, observeDeadLetters, observeQueue } from './metrics/queue.ts';
export { metricsResponse } from './metrics/response.ts';
/** @public For a program that adds its own propagator. */
export { httpPropagator } from './propagation/http.ts';
export type { Carrier } from './propagation/propagation.ts';
export { now } from './setup/clock.ts';
export { droppedSpans, shutdownTelemetry, telemetryState } from './setup/state.ts';
