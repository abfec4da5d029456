import { type BatchObservableResult, diag, type Meter, type ObservableGauge } from '@opentelemetry/api';
import { within } from '../setup/state.ts';
import { described } from './instruments.ts';
import type { MetricSpec } from './table.ts';

/** Less than a scrape waits for all metrics together. */
const READ_WITHIN_MS = 1_500;

export const NOTHING: Disposable = { [Symbol.dispose]() {} };

export function gauge(meter: Meter, { name, ...spec }: MetricSpec): ObservableGauge {
  return meter.createObservableGauge(name, described(spec));
}

/**
 * Observes several gauges with one read whenever metrics are collected. Where `read` fails, takes long or finds nothing,
 * they are left out: their source logs once that it is away, and metrics are collected every few seconds.
 */
export function observeTogether<State>(
  meter: Meter,
  gauges: ObservableGauge[],
  read: () => Promise<State | undefined>,
  report: (observed: BatchObservableResult, state: State) => void,
): Disposable {
  const observe = async (observed: BatchObservableResult) => {
    try {
      const state = await within(READ_WITHIN_MS, read());
      if (state !== undefined) report(observed, state);
    } catch (error) {
      diag.debug('a metric is left out:', String(error));
    }
  };
  meter.addBatchObservableCallback(observe, gauges);
  return { [Symbol.dispose]: () => meter.removeBatchObservableCallback(observe, gauges) };
}
