import { ATTR_DEAD_LETTER_REASON, ATTR_JOB_STATE } from '../attributes.ts';
import { telemetryState } from '../setup/state.ts';
import { gauge, NOTHING, observeTogether } from './gauges.ts';
import { queueAttributes } from './instruments.ts';
import { metricTable } from './table.ts';

/** Counts a dead letter. @param reason of low cardinality. */
export function countDeadLetter(queue: string, reason: string): void {
  telemetryState.metrics?.deadLetters.add(1, { ...queueAttributes(queue), [ATTR_DEAD_LETTER_REASON]: reason });
}

/**
 * Calls `count` for the number of dead letters of `queue` whenever metrics are collected. Undefined: it is not known,
 * and the metric is left out.
 * @returns dispose it before closing what `count` reads: metrics are collected once more at shutdown.
 */
export function observeDeadLetters(queue: string, count: () => Promise<number | undefined>): Disposable {
  const meter = telemetryState.metrics?.meter;
  if (!meter) return NOTHING;
  const waiting = gauge(meter, metricTable.deadLettersWaiting);
  return observeTogether(meter, [waiting], count, (observed, known) => {
    observed.observe(waiting, known, queueAttributes(queue));
  });
}

/** The jobs in a queue. */
interface QueueState {
  /** By their state, which is of low cardinality: `waiting`, `active`, `delayed`. */
  depth: Record<string, number>;
  /** Milliseconds since the oldest waiting job was added; 0 if none waits. */
  oldestAgeMs: number;
}

/**
 * Calls `read` for the state of `queue` whenever metrics are collected. Undefined: it is not known, and the metrics are
 * left out.
 * @returns dispose it before closing what `read` reads: metrics are collected once more at shutdown.
 */
export function observeQueue(queue: string, read: () => Promise<QueueState | undefined>): Disposable {
  const meter = telemetryState.metrics?.meter;
  if (!meter) return NOTHING;
  const depth = gauge(meter, metricTable.queueDepth);
  const oldestAge = gauge(meter, metricTable.queueOldestAge);
  return observeTogether(meter, [depth, oldestAge], read, (observed, state) => {
    for (const [name, count] of Object.entries(state.depth)) {
      observed.observe(depth, count, { ...queueAttributes(queue), [ATTR_JOB_STATE]: name });
    }
    observed.observe(oldestAge, state.oldestAgeMs / 1_000, queueAttributes(queue));
  });
}
