import type { BatchObservableResult, Meter, ObservableGauge, ObservableResult } from '@opentelemetry/api';
import { ATTR_DEAD_LETTER_REASON } from '../attributes.ts';
import { telemetryState } from '../setup/state.ts';
import { described, queueAttributes } from './instruments.ts';
import { type MetricSpec, metricTable } from './table.ts';

const NOTHING: Disposable = { [Symbol.dispose]() {} };

/** Counts a message that is given up. @param reason one of a few words, not a sentence. */
export function countDeadLetter(queue: string, reason: string): void {
  telemetryState.metrics?.deadLetters.add(1, { ...queueAttributes(queue), [ATTR_DEAD_LETTER_REASON]: reason });
}

/**
 * Has `count` asked how many messages of `queue` are dead letters, whenever metrics are read.
 * @returns to be disposed before what `count` reads is closed: the last metrics are read when the process ends.
 */
export function observeDeadLetters(queue: string, count: () => Promise<number>): Disposable {
  const meter = telemetryState.metrics?.meter;
  if (!meter) return NOTHING;
  const waiting = gauge(meter, metricTable.deadLettersWaiting);
  const observe = async (observed: ObservableResult) => observed.observe(await count(), queueAttributes(queue));
  waiting.addCallback(observe);
  return { [Symbol.dispose]: () => waiting.removeCallback(observe) };
}

/** How full an outbox is. */
export interface OutboxState {
  /** Events that are not confirmed. */
  depth: number;
  /** Milliseconds since the oldest of them was written; 0 when there is none. */
  oldestAgeMs: number;
}

/**
 * Has `read` asked for the outbox's state whenever metrics are read, and never in between.
 * @returns to be disposed before what `read` reads is closed: the last metrics are read when the process ends.
 */
export function observeOutbox(read: () => Promise<OutboxState>): Disposable {
  const meter = telemetryState.metrics?.meter;
  if (!meter) return NOTHING;
  const depth = gauge(meter, metricTable.outboxDepth);
  const oldestAge = gauge(meter, metricTable.outboxOldestAge);
  const observe = async (observed: BatchObservableResult) => {
    const state = await read();
    observed.observe(depth, state.depth);
    observed.observe(oldestAge, state.oldestAgeMs / 1_000);
  };
  meter.addBatchObservableCallback(observe, [depth, oldestAge]);
  return { [Symbol.dispose]: () => meter.removeBatchObservableCallback(observe, [depth, oldestAge]) };
}

function gauge(meter: Meter, { name, ...spec }: MetricSpec): ObservableGauge {
  return meter.createObservableGauge(name, described(spec));
}
