import type { MeterProvider } from '@opentelemetry/api';
import { telemetryState } from './state.ts';

/**
 * The SDK's batch processor reports the fate of every span to a meter (`otel.sdk.processor.span.processed`, with
 * `error.type` on those that were lost) and to nobody else. This passes it on to `provider` and keeps count of the lost ones:
 * they are told in the log and in `/readyz` too.
 */
export function dropCountingMeterProvider(
  provider: MeterProvider,
  onDrop: (count: number, reason: string) => void,
): MeterProvider {
  return {
    getMeter(...scope) {
      const meter = provider.getMeter(...scope);
      const counting = Object.create(meter) as typeof meter;
      counting.createCounter = (name, options) => {
        const counter = meter.createCounter(name, options);
        return {
          add(count, attributes) {
            counter.add(count, attributes);
            const reason = attributes?.['error.type'];
            if (typeof reason !== 'string') return;
            telemetryState.dropped.set(reason, (telemetryState.dropped.get(reason) ?? 0) + count);
            onDrop(count, reason);
          },
        };
      };
      return counting;
    },
  };
}
