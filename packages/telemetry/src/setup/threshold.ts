import { isSpanContextValid, TraceFlags, type TraceState, trace } from '@opentelemetry/api';
import { type Sampler, SamplingDecision } from '@opentelemetry/sdk-trace';
import { RANDOM_FLAG } from '../propagation/trace-context.ts';

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

/** The tracestate without the sampling threshold. */
export function withoutThreshold(state: TraceState): TraceState {
  const rest =
    state
      .get('ot')
      ?.split(';')
      .filter((field) => !field.startsWith('th:')) ?? [];
  return rest.length > 0 ? state.set('ot', rest.join(';')) : state.unset('ot');
}
