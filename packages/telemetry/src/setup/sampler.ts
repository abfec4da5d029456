import { isSpanContextValid, TraceFlags, type TraceState, trace } from '@opentelemetry/api';
import { getNumberFromEnv } from '@opentelemetry/core';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
  type SpanLimits,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';
import { RANDOM_FLAG } from '../propagation/trace-context.ts';

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
export function createSampler(name = DEFAULT_SAMPLER, ratio = 1): Sampler {
  const isParentBased = name.startsWith('parentbased_');
  const root = (ROOTS[name.replace('parentbased_', '')] ?? (() => new AlwaysOnSampler()))(ratio);
  return withTrueThreshold(isParentBased ? new ParentBasedSampler({ root }) : root, isParentBased);
}

/**
 * Removes a stale sampling threshold `th` from OpenTelemetry's tracestate member `ot`: backends that count spans would
 * extrapolate with it. It is valid while the caller's decision is followed and agrees with the threshold.
 * https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/
 */
export function withTrueThreshold(sampler: Sampler, followsParent: boolean): Sampler {
  return {
    shouldSample(context, traceId, ...rest) {
      const result = sampler.shouldSample(context, traceId, ...rest);
      const parent = trace.getSpanContext(context);
      const state = result.traceState ?? parent?.traceState;
      const threshold = fieldOf(state, 'th');
      if (!state || !parent || threshold === undefined || !isSpanContextValid(parent)) return result;
      const isSampled = result.decision === SamplingDecision.RECORD_AND_SAMPLED;
      const isFollowed = followsParent && isSampled === ((parent.traceFlags & TraceFlags.SAMPLED) !== 0);
      const randomness = fieldOf(state, 'rv') ?? (parent.traceFlags & RANDOM_FLAG ? traceId.slice(-14) : undefined);
      if (isFollowed && leadsTo(threshold, randomness, isSampled)) return result;
      return { ...result, traceState: withoutThreshold(state) };
    },
    toString: () => sampler.toString(),
  };
}

function fieldOf(state: TraceState | undefined, name: string): string | undefined {
  const fields = state?.get('ot')?.split(';');
  return fields?.find((field) => field.startsWith(`${name}:`))?.slice(name.length + 1);
}

/** Whether the decision agrees with threshold and randomness, both up to 14 hexadecimal digits. */
function leadsTo(threshold: string, randomness: string | undefined, isSampled: boolean): boolean {
  if (!/^[0-9a-f]{1,14}$/.test(threshold)) return false;
  if (randomness === undefined || !/^[0-9a-f]{14}$/.test(randomness)) return true;
  return isSampled === randomness >= threshold.padEnd(14, '0');
}

function withoutThreshold(state: TraceState): TraceState {
  const rest =
    state
      .get('ot')
      ?.split(';')
      .filter((field) => !field.startsWith('th:')) ?? [];
  return rest.length > 0 ? state.set('ot', rest.join(';')) : state.unset('ot');
}
