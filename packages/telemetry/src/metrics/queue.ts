import type { BatchObservableResult, Meter, ObservableGauge, ObservableResult } from '@opentelemetry/api';
import { ATTR_DEAD_LETTER_REASON } from '../attributes.ts';
import { telemetryState } from '../setup/state.ts';
import { described, queueAttributes } from './instruments.ts';
import { type MetricSpec, metricTable } from './table.ts';

const NOTHING: Disposable = { [Symbol.dispose]() {} };

/** Counts a dead letter. @param reason of low cardinality. */
export function countDeadLetter(queue: string, reason: string): void {
  telemetryState.metrics?.deadLetters.add(1, { ...queueAttributes(queue), [ATTR_DEAD_LETTER_REASON]: reason });
}

/**
 * Calls `count` for the number of dead letters of `queue` whenever metrics are collected.
 * @returns dispose it before closing what `count` reads: metrics are collected once more at shutdown.
 */
export function observeDeadLetters(queue: string, count: () => Promise<number>): Disposable {
  const meter = telemetryState.metrics?.meter;
  if (!meter) return NOTHING;
  const waiting = gauge(meter, metricTable.deadLettersWaiting);
  const observe = async (observed: ObservableResult) => observed.observe(await count(), queueAttributes(queue));
  waiting.addCallback(observe);
  return { [Symbol.dispose]: () => waiting.removeCallback(observe) };
}

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
