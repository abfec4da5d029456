import { getNumberFromEnv } from '@opentelemetry/core';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  type SpanLimits,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';
import { withTrueThreshold } from './threshold.ts';

/** The values of `OTEL_TRACES_SAMPLER`; the ratio is `OTEL_TRACES_SAMPLER_ARG`. */
const ROOTS: Record<string, (ratio: number) => Sampler> = {
  always_on: () => new AlwaysOnSampler(),
  always_off: () => new AlwaysOffSampler(),
  traceidratio: (ratio) => new TraceIdRatioBasedSampler(ratio),
};
const DEFAULT_SAMPLER = 'parentbased_always_on';

/** Reads `OTEL_SPAN_*_LIMIT`, `OTEL_ATTRIBUTE_*_LIMIT` and the limits of events and links. */
export function spanLimitsFromEnv(): SpanLimits {
  const first = (...names: string[]) => names.map(getNumberFromEnv).find((limit) => limit !== undefined);
  const limits = {
    attributeCountLimit: first('OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', 'OTEL_ATTRIBUTE_COUNT_LIMIT'),
    attributeValueLengthLimit: first('OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT', 'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT'),
    eventCountLimit: first('OTEL_SPAN_EVENT_COUNT_LIMIT'),
    linkCountLimit: first('OTEL_SPAN_LINK_COUNT_LIMIT'),
    attributePerEventCountLimit: first('OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT'),
    attributePerLinkCountLimit: first('OTEL_LINK_ATTRIBUTE_COUNT_LIMIT'),
  };
  return Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== undefined));
}

/** @param name a value of `OTEL_TRACES_SAMPLER`. */
export async function createSampler(name = DEFAULT_SAMPLER, ratio = 1): Promise<Sampler> {
  const isParentBased = name.startsWith('parentbased_');
  const rootName = name.replace('parentbased_', '');
  if (rootName === 'probability') {
    const { createProbabilitySampler } = await import('./probability.ts');
    return createProbabilitySampler(ratio, isParentBased);
  }
  const root = (ROOTS[rootName] ?? (() => new AlwaysOnSampler()))(ratio);
  return withTrueThreshold(isParentBased ? new ParentBasedSampler({ root }) : root, isParentBased);
}
