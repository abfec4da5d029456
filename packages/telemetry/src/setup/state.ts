import type { Resource } from '@opentelemetry/resources';
import type { LogRecordProcessor } from '@opentelemetry/sdk-logs';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { Metrics } from '../metrics/instruments.ts';
import type { LeafSpan } from '../otlp/leaf-span.ts';

/**
 * The outcome of `register.ts`, for the code that runs after it in this process. Without the preload, telemetry is off.
 */
interface TelemetryState {
  /** True when an SDK was constructed. */
  enabled: boolean;
  /** Ended spans that will never be delivered, by reason (`queue_full`, or the export's error). */
  dropped: Map<string, number>;
  /** The adapters' instruments. Undefined when the SDK is disabled, or without the preload. */
  metrics: Metrics | undefined;
  /** Current metrics, in Prometheus' text format by default. Undefined when `metrics` is. */
  scrape: ((format?: 'text' | 'openmetrics') => Promise<string>) | undefined;
  /** Takes ended leaf spans. Undefined where spans do not all go to an exporter that encodes them from a template. */
  exportLeaf: ((span: LeafSpan) => void) | undefined;
  /** Exports what browsers report. Undefined when tracing is off. */
  relay: { resource: Resource; exportSpan: (span: ReadableSpan) => void } | undefined;
  /** Export log records. Undefined when logs are not exported. */
  logProcessors: LogRecordProcessor[] | undefined;
  /** Set where exceptions are recorded as log events, `logs/dup`: in addition to spans. */
  exceptionSignal: 'logs' | 'logs/dup' | undefined;
  shutdown: () => Promise<void>;
  /** Flushes log records. */
  shutdownLogs: () => Promise<void>;
}

export const telemetryState: TelemetryState = {
  enabled: false,
  dropped: new Map(),
  metrics: undefined,
  scrape: undefined,
  exportLeaf: undefined,
  relay: undefined,
  logProcessors: undefined,
  exceptionSignal: undefined,
  shutdown: async () => {},
  shutdownLogs: async () => {},
};

/** Spans lost since startup, for all reasons. */
export function droppedSpans(): number {
  let sum = 0;
  for (const count of telemetryState.dropped.values()) sum += count;
  return sum;
}

/**
 * Flushes spans and metrics, then log records, and closes the exporters, within `timeoutMs`. Never rejects.
 * @returns false on timeout or failure: some spans or log records may not have reached the collector.
 */
export async function shutdownTelemetry(timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  const others = succeeds(telemetryState.shutdown());
  // A dead collector of spans must not cost the logs their time.
  await within(timeoutMs / 2, others);
  const all = Promise.all([others, succeeds(telemetryState.shutdownLogs())]);
  const results = await within(deadline - performance.now(), all);
  return results?.every(Boolean) ?? false;
}

const succeeds = (work: Promise<unknown>) =>
  work.then(
    () => true,
    () => false,
  );

/** Undefined if `work` takes longer. */
export async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, timeoutMs), undefined);
  });
  const result = await Promise.race([work, late]);
  clearTimeout(timer);
  return result;
}
