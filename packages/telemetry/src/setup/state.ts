import type { Metrics } from '../metrics/instruments.ts';

/**
 * What `register.ts` decided, for whoever runs after it in this process. A process that was started without the preload
 * is simply off.
 */
interface TelemetryState {
  /** True when an SDK was constructed. */
  enabled: boolean;
  /** Spans that ended and will never be delivered, by reason (`queue_full`, or the export's error). */
  dropped: Map<string, number>;
  /** Where the adapters count and measure. Undefined when the SDK is disabled, or without the preload. */
  metrics: Metrics | undefined;
  /** All metrics as they are now, in Prometheus' text format; undefined as `metrics` is. */
  scrape: (() => Promise<string>) | undefined;
  shutdown: () => Promise<void>;
}

export const telemetryState: TelemetryState = {
  enabled: false,
  dropped: new Map(),
  metrics: undefined,
  scrape: undefined,
  shutdown: async () => {},
};

/** Spans lost since the start, all reasons together. */
export function droppedSpans(): number {
  let sum = 0;
  for (const count of telemetryState.dropped.values()) sum += count;
  return sum;
}

/**
 * Delivers what can be delivered and closes the exporter, within `timeoutMs`. Never rejects.
 * @returns false when the time was up first: some spans may not have reached the collector.
 */
export async function shutdownTelemetry(timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, false);
  });
  const done = telemetryState.shutdown().then(
    () => true,
    () => false,
  );
  const result = await Promise.race([done, late]);
  clearTimeout(timer);
  return result;
}
