import type { Attributes, Counter, Histogram, Meter } from '@opentelemetry/api';
import { ATTR_MESSAGING_DESTINATION_NAME, ATTR_MESSAGING_SYSTEM } from '../attributes.ts';
import type { Exemplars } from './exemplars/exemplars.ts';
import { type MetricSpec, metricTable } from './table.ts';

/** The instruments that the adapters in edges/ write to. */
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
  outboxAdded: Counter;
  outboxConfirmation: Histogram;
}

/** Creates the instruments, except the observable ones (outbox, process). */
export function createMetrics(meter: Meter, exemplars: Exemplars): Metrics {
  const histogram = ({ name, boundaries = [], ...options }: MetricSpec) =>
    meter.createHistogram(name, { ...described(options), advice: { explicitBucketBoundaries: boundaries } });
  const linked = (spec: MetricSpec) => exemplars.from(histogram(spec), spec);
  const counter = ({ name, ...options }: MetricSpec) => meter.createCounter(name, described(options));
  return {
    meter,
    httpServerDuration: linked(metricTable.httpServerDuration),
    httpClientDuration: histogram(metricTable.httpClientDuration),
    dbOperationDuration: histogram(metricTable.dbOperationDuration),
    sendDuration: histogram(metricTable.sendDuration),
    sentMessages: counter(metricTable.sentMessages),
    consumedMessages: counter(metricTable.consumedMessages),
    processDuration: linked(metricTable.processDuration),
    queueWait: linked(metricTable.queueWait),
    jobAttempts: counter(metricTable.jobAttempts),
    deadLetters: counter(metricTable.deadLetters),
    outboxAdded: counter(metricTable.outboxAdded),
    outboxConfirmation: linked(metricTable.outboxConfirmation),
  };
}

/** The part of a spec that creates an instrument. */
export function described({ unit, description }: Pick<MetricSpec, 'unit' | 'description'>) {
  return { unit, description };
}

/** Seconds since `began`, a value of `performance.now()`. */
export function secondsSince(began: number): number {
  return (performance.now() - began) / 1_000;
}

/** A custom value, which the conventions allow for unlisted systems. */
export const MESSAGING_SYSTEM_BULLMQ = 'bullmq';

/** Attributes of all queue metrics. Without the message's id, which would make a time series per message. */
export function queueAttributes(queue: string): Attributes {
  return { [ATTR_MESSAGING_SYSTEM]: MESSAGING_SYSTEM_BULLMQ, [ATTR_MESSAGING_DESTINATION_NAME]: queue };
}
