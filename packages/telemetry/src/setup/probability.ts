import {
  createComposableParentThresholdSampler,
  createComposableProbabilitySampler,
  createCompositeSampler,
} from '@opentelemetry/sampler-composite';
import { type Sampler, SamplingDecision } from '@opentelemetry/sdk-trace';
import { withoutThreshold } from './threshold.ts';

/**
 * Consistent probability sampling: a trace is kept if its randomness reaches the threshold of the ratio. The threshold
 * travels in the tracestate (`ot=th:c`). A process with a lower ratio keeps a part of what one with a higher ratio
 * keeps, never other traces, and a backend can extrapolate from the threshold.
 * https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/
 * @param followsParent `ratio` is for traces that start here; others are kept if the caller kept them.
 */
export function createProbabilitySampler(ratio: number, followsParent: boolean): Sampler {
  const own = createComposableProbabilitySampler(ratio);
  const sampler = createCompositeSampler(followsParent ? createComposableParentThresholdSampler(own) : own);
  return {
    shouldSample(...span) {
      const result = sampler.shouldSample(...span);
      if (!result.traceState || result.decision === SamplingDecision.RECORD_AND_SAMPLED) return result;
      // The composite sampler keeps the caller's threshold if it is all that `ot` has (seen with 0.222.0).
      return { ...result, traceState: withoutThreshold(result.traceState) };
    },
    toString: () => sampler.toString(),
  };
}
