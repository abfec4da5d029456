import type { Meter, ObservableGauge } from '@opentelemetry/api';
import { ATTR_DEAD_LETTER_REASON } from '../attributes.ts';
import { telemetryState } from '../setup/state.ts';
import { described, queueAttributes } from './instruments.ts';
import { type MetricSpec, metricTable } from './table.ts';

/** Counts a message that is given up. @param reason one of a few words, not a sentence. */
export function countDeadLetter(queue: string, reason: string): void {
  telemetryState.metrics?.deadLetters.add(1, { ...queueAttributes(queue), [ATTR_DEAD_LETTER_REASON]: reason });
}

/** Has `count` asked how many messages of `queue` are dead letters, whenever metrics are read. */
export function observeDeadLetters(queue: string, count: () => Promise<number>): void {
  const meter = telemetryState.metrics?.meter;
  if (!meter) return;
  gauge(meter, metricTable.deadLettersWaiting).addCallback(async (observed) => {
    observed.observe(await count(), queueAttributes(queue));
  });
}

/** How full an outbox is. */
export interface OutboxState {
  /** Events that are not confirmed. */
  depth: number;
  /** Milliseconds since the oldest of them was written; 0 when there is none. */
  oldestAgeMs: number;
}

/** Has `read` asked for the outbox's state whenever metrics are read, and never in between. */
export function observeOutbox(read: () => Promise<OutboxState>): void {
  const meter = telemetryState.metrics?.meter;
  if (!meter) return;
  const depth = gauge(meter, metricTable.outboxDepth);
  const oldestAge = gauge(meter, metricTable.outboxOldestAge);
  meter.addBatchObservableCallback(
    async (observed) => {
      const state = await read();
      observed.observe(depth, state.depth);
      observed.observe(oldestAge, state.oldestAgeMs / 1_000);
    },
    [depth, oldestAge],
  );
}

function gauge(meter: Meter, { name, ...spec }: MetricSpec): ObservableGauge {
  return meter.createObservableGauge(name, described(spec));
}
