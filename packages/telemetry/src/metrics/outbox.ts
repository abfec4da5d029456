import { telemetryState } from '../setup/state.ts';
import { gauge, NOTHING, observeTogether } from './gauges.ts';
import { ATTR_CLOUDEVENTS_EVENT_TYPE, metricTable } from './table.ts';

/** The backlog of an outbox. */
export interface OutboxState {
  /** Unconfirmed events. */
  depth: number;
  /** Milliseconds since the oldest of them was written; 0 if there are none. */
  oldestAgeMs: number;
}

/**
 * Calls `read` for the outbox's state whenever metrics are collected.
 * @returns dispose it before closing what `read` reads: metrics are collected once more at shutdown.
 */
export function observeOutbox(read: () => Promise<OutboxState>): Disposable {
  const meter = telemetryState.metrics?.meter;
  if (!meter) return NOTHING;
  const depth = gauge(meter, metricTable.outboxDepth);
  const oldestAge = gauge(meter, metricTable.outboxOldestAge);
  return observeTogether(meter, [depth, oldestAge], read, (observed, state) => {
    observed.observe(depth, state.depth);
    observed.observe(oldestAge, state.oldestAgeMs / 1_000);
  });
}

/** Counts events that a transaction has written, by type. */
export function countOutboxEvents(events: ReadonlyArray<{ type: string }>): void {
  for (const { type } of events) {
    telemetryState.metrics?.outboxAdded.add(1, { [ATTR_CLOUDEVENTS_EVENT_TYPE]: type });
  }
}

/**
 * Measures how long an event took to be confirmed, until now.
 * @param time when it was written, in ISO 8601; a later time than now, which only a changed clock causes, is not recorded
 */
export function measureConfirmation({ type, time }: { type: string; time: string }): void {
  const seconds = (Date.now() - Date.parse(time)) / 1_000;
  if (seconds < 0) return;
  telemetryState.metrics?.outboxConfirmation.record(seconds, { [ATTR_CLOUDEVENTS_EVENT_TYPE]: type });
}
