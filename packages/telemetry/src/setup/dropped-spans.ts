import type { MeterProvider } from '@opentelemetry/api';
import { SDK_INFO } from '@opentelemetry/core';
import { ATTR_TELEMETRY_SDK_VERSION } from '@opentelemetry/semantic-conventions';
import type { OnDrop } from '../otlp/careful-serializer.ts';
import { SCHEMA_URL } from '../scope.ts';
import { telemetryState } from './state.ts';

interface Counting {
  /** For the batch processor. */
  meterProvider: MeterProvider;
  /** For the serializer. */
  onDrop: OnDrop;
}

/** Counts lost spans, each once, for `/metrics`, `/readyz` and `log`. */
export function countDroppedSpans(provider: MeterProvider, log: OnDrop): Counting {
  return countDropped(provider, (spans, reason, detail) => {
    telemetryState.dropped.set(reason, (telemetryState.dropped.get(reason) ?? 0) + spans);
    log(spans, reason, detail);
  });
}

/**
 * Counts lost items, each once, for `/metrics` and `count`. Two sources report them: the SDK's batch processor records
 * the outcome of every item on a meter only (`otel.sdk.processor.span.processed`, with `error.type` for lost items); and
 * a batch that it counts as delivered may lack items that could not be serialized or that were rejected.
 */
export function countDropped(provider: MeterProvider, count: OnDrop): Counting {
  /** Lost items of batches whose outcome the processor has not reported yet. */
  const lostEarly = new Map<string, number>();

  const meterProvider: MeterProvider = {
    getMeter(name, version, options) {
      // The SDK asks for a meter with its name alone.
      const sdkVersion = SDK_INFO[ATTR_TELEMETRY_SDK_VERSION];
      const meter = provider.getMeter(name, version ?? sdkVersion, { schemaUrl: SCHEMA_URL, ...options });
      const counting = Object.create(meter) as typeof meter;
      counting.createCounter = (name, options) => {
        const counter = meter.createCounter(name, options);
        return {
          add(items, attributes) {
            let rest = items;
            for (const [reason, lost] of lostEarly) {
              const ofThese = Math.min(lost, rest);
              if (ofThese > 0) counter.add(ofThese, { ...attributes, 'error.type': reason });
              rest -= ofThese;
              lostEarly.set(reason, lost - ofThese);
            }
            if (rest === 0) return;
            counter.add(rest, attributes);
            const reason = attributes?.['error.type'];
            if (typeof reason === 'string') count(rest, reason);
          },
        };
      };
      return counting;
    },
  };

  return {
    meterProvider,
    onDrop(items, reason, detail) {
      lostEarly.set(reason, (lostEarly.get(reason) ?? 0) + items);
      count(items, reason, detail);
    },
  };
}
