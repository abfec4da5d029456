import type { Attributes, Meter, MeterProvider } from '@opentelemetry/api';

/** As in the specification. https://opentelemetry.io/docs/specs/otel/metrics/sdk/#cardinality-limits */
const LIMIT = 2_000;
const OVERFLOW: Attributes = { 'otel.metric.overflow': true };

/**
 * A provider for the program's own meters, whose instruments keep at most 2,000 combinations of attributes each; further
 * ones are summed up as `otel.metric.overflow`. The SDK's own limit counts only the combinations between two
 * collections, so that cumulative ones add up without end. Our adapters do not need it: their attributes are bounded.
 */
export function withBoundedAttributes(provider: MeterProvider): MeterProvider {
  return { getMeter: (...scope) => boundedMeter(provider.getMeter(...scope)) };
}

function boundedMeter(meter: Meter): Meter {
  const bounded: Meter = Object.create(meter);
  bounded.createCounter = (...args) => adding(meter.createCounter(...args));
  bounded.createUpDownCounter = (...args) => adding(meter.createUpDownCounter(...args));
  bounded.createHistogram = (...args) => recording(meter.createHistogram(...args));
  bounded.createGauge = (...args) => recording(meter.createGauge(...args));
  return bounded;
}

type Measure = (value: number, attributes?: Attributes, ...rest: never[]) => void;

function adding<I extends { add: Measure }>(instrument: I): I {
  const bound = createBound();
  const bounded: I = Object.create(instrument);
  bounded.add = (value, attributes, ...rest) => instrument.add(value, bound(attributes), ...rest);
  return bounded;
}

function recording<I extends { record: Measure }>(instrument: I): I {
  const bound = createBound();
  const bounded: I = Object.create(instrument);
  bounded.record = (value, attributes, ...rest) => instrument.record(value, bound(attributes), ...rest);
  return bounded;
}

function createBound(): (attributes?: Attributes) => Attributes {
  const known = new Set<string>();
  return (attributes = {}) => {
    const key = JSON.stringify(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)));
    if (known.has(key)) return attributes;
    // One is left for the overflow.
    if (known.size >= LIMIT - 1) return OVERFLOW;
    known.add(key);
    return attributes;
  };
}
