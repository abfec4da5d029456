import type { Attributes, Counter, Histogram, Meter, ObservableGauge } from '@opentelemetry/api';
import {
  ATTR_DEAD_LETTER_REASON,
  ATTR_MESSAGING_DESTINATION_NAME,
  ATTR_MESSAGING_SYSTEM,
  MESSAGING_SYSTEM_BULLMQ,
} from '../attributes.ts';
import { telemetryState } from '../setup/state.ts';
import { type MetricSpec, metricTable } from './table.ts';

/** The instruments that the adapters at the edges write to. */
export interface Metrics {
  meter: Meter;
  httpServerDuration: Histogram;
  httpClientDuration: Histogram;
  sentMessages: Counter;
  processDuration: Histogram;
  queueWait: Histogram;
  jobAttempts: Counter;
  deadLetters: Counter;
}

/** Makes the instruments. What is only read when somebody asks (the outbox, the process) is not among them. */
export function createMetrics(meter: Meter): Metrics {
  const histogram = ({ name, boundaries = [], ...options }: MetricSpec) =>
    meter.createHistogram(name, { ...described(options), advice: { explicitBucketBoundaries: boundaries } });
  const counter = ({ name, ...options }: MetricSpec) => meter.createCounter(name, described(options));
  return {
    meter,
    httpServerDuration: histogram(metricTable.httpServerDuration),
    httpClientDuration: histogram(metricTable.httpClientDuration),
    sentMessages: counter(metricTable.sentMessages),
    processDuration: histogram(metricTable.processDuration),
    queueWait: histogram(metricTable.queueWait),
    jobAttempts: counter(metricTable.jobAttempts),
    deadLetters: counter(metricTable.deadLetters),
  };
}

/** The part of a spec that an instrument is made with. */
export function described({ unit, description }: Pick<MetricSpec, 'unit' | 'description'>) {
  return { unit, description };
}

/** Milliseconds since `began`, a reading of `performance.now()`, as seconds: what durations are measured in. */
export function secondsSince(began: number): number {
  return (performance.now() - began) / 1_000;
}

/** What all metrics of a queue say of it. Not the message's id: a metric with a value for each message is no metric. */
export function queueAttributes(queue: string): Attributes {
  return { [ATTR_MESSAGING_SYSTEM]: MESSAGING_SYSTEM_BULLMQ, [ATTR_MESSAGING_DESTINATION_NAME]: queue };
}

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
