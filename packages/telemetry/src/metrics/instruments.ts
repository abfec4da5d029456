import type { Attributes, Counter, Histogram, Meter } from '@opentelemetry/api';
import { ATTR_MESSAGING_DESTINATION_NAME, ATTR_MESSAGING_SYSTEM } from '../attributes.ts';
import { type MetricSpec, metricTable } from './table.ts';

/** The instruments that the adapters at the edges write to. */
export interface Metrics {
  meter: Meter;
  httpServerDuration: Histogram;
  httpClientDuration: Histogram;
  dbOperationDuration: Histogram;
  sendDuration: Histogram;
  sentMessages: Counter;
  consumedMessages: Counter;
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
    dbOperationDuration: histogram(metricTable.dbOperationDuration),
    sendDuration: histogram(metricTable.sendDuration),
    sentMessages: counter(metricTable.sentMessages),
    consumedMessages: counter(metricTable.consumedMessages),
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

/** A custom value, as the conventions allow for systems that they do not list. */
export const MESSAGING_SYSTEM_BULLMQ = 'bullmq';

/** What all metrics of a queue say of it. Not the message's id: a metric with a value for each message is no metric. */
export function queueAttributes(queue: string): Attributes {
  return { [ATTR_MESSAGING_SYSTEM]: MESSAGING_SYSTEM_BULLMQ, [ATTR_MESSAGING_DESTINATION_NAME]: queue };
}
