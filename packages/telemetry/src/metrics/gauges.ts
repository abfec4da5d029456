import type { BatchObservableResult, Meter, ObservableGauge } from '@opentelemetry/api';
import { described } from './instruments.ts';
import type { MetricSpec } from './table.ts';

export const NOTHING: Disposable = { [Symbol.dispose]() {} };

export function gauge(meter: Meter, { name, ...spec }: MetricSpec): ObservableGauge {
  return meter.createObservableGauge(name, described(spec));
}

/** Observes several gauges with one read. */
export function observeTogether(
  meter: Meter,
  gauges: ObservableGauge[],
  observe: (observed: BatchObservableResult) => Promise<void>,
): Disposable {
  meter.addBatchObservableCallback(observe, gauges);
  return { [Symbol.dispose]: () => meter.removeBatchObservableCallback(observe, gauges) };
}
