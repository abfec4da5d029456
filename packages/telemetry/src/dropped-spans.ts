import { createNoopMeter, type Meter, type MeterProvider } from '@opentelemetry/api';
import { telemetryState } from './state.ts';

/**
 * The SDK's batch processor reports the fate of every span to a meter (`otel.sdk.processor.span.processed`, with
 * `error.type` on those that were lost) and to nobody else. This meter keeps the lost ones.
 */
export function dropCountingMeterProvider(onDrop: (count: number, reason: string) => void): MeterProvider {
  const meter: Meter = createNoopMeter();
  meter.createCounter = () => ({
    add(count, attributes) {
      const reason = attributes?.['error.type'];
      if (typeof reason !== 'string') return;
      telemetryState.dropped.set(reason, (telemetryState.dropped.get(reason) ?? 0) + count);
      onDrop(count, reason);
    },
  });
  return { getMeter: () => meter };
}
