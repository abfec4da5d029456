import { ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { SamplingDecision } from '@opentelemetry/sdk-trace';
import { describe, expect, it } from 'vitest';
import { contextOf, propagateInMessages } from '../propagation/propagation.ts';
import { SAMPLERS } from '../settings/table.ts';
import { createSampler } from './sampler.ts';

propagateInMessages();
/** Its last 7 bytes are 80..., so it is sampled at thresholds up to `8`. */
const traceId = `0af7651916cd43dd84${'80000000000000'}`;

/** A sampler's decision and tracestate for a caller with these flags and this tracestate. */
function sample(sampler: string, flags: string, tracestate: string) {
  const parent = contextOf({ traceparent: `00-${traceId}-b7ad6b7169203331-${flags}`, tracestate });
  const { decision, traceState } = createSampler(sampler, 0.5).shouldSample(
    parent,
    traceId,
    'name',
    SpanKind.SERVER,
    {},
    [],
  );
  const state = traceState ?? trace.getSpanContext(parent)?.traceState;
  return { isSampled: decision === SamplingDecision.RECORD_AND_SAMPLED, state: state?.serialize() };
}

describe("the caller's sampling threshold", () => {
  it.each([
    ['is propagated while its decision is followed', '03', 'ot=th:8'],
    ['is propagated with more digits', '03', 'ot=th:7fffffffffffff'],
    ['is propagated for a trace that is not sampled', '02', 'ot=th:c'],
    ['is compared with the explicit randomness', '01', 'ot=th:8;rv:90000000000000'],
    ['is propagated when the randomness is unknown', '01', 'ot=th:f'],
    ["is ignored in other vendors' members", '03', 'vendor=th:f'],
  ])('%s', (_what, flags, tracestate) => {
    expect(sample('parentbased_always_on', flags, tracestate).state).toBe(tracestate);
  });

  it.each([
    ['when the caller sampled but the threshold would not', 'parentbased_always_on', '03', 'ot=th:8000001', undefined],
    ['when the caller did not sample but the threshold would', 'parentbased_always_on', '02', 'ot=th:8', undefined],
    [
      'when the explicit randomness contradicts it',
      'parentbased_always_on',
      '01',
      'a=1,ot=th:8;rv:70000000000000',
      'ot=rv:70000000000000,a=1',
    ],
    ['when it is not a number', 'parentbased_always_on', '03', 'ot=th:0x8,a=1', 'a=1'],
    ['when everything is sampled here', 'always_on', '03', 'ot=th:8;x:1,a=1', 'ot=x:1,a=1'],
    ['when nothing is sampled here', 'always_off', '03', 'a=1,ot=th:8', 'a=1'],
    ['when this process samples by its own ratio', 'traceidratio', '03', 'ot=th:8', ''],
  ])('is removed %s', (_what, sampler, flags, tracestate, expected) => {
    expect(sample(sampler, flags, tracestate).state).toBe(expected ?? '');
  });
});

describe('a sampler', () => {
  const rootDecision = (name: string, ratio: number) =>
    createSampler(name, ratio).shouldSample(ROOT_CONTEXT, traceId, 'name', SpanKind.SERVER, {}, []).decision;

  it.each(SAMPLERS)('%s decides about new traces', (name) => {
    const kept = SamplingDecision.RECORD_AND_SAMPLED;
    const isKept = (ratio: number) => rootDecision(name, ratio) === kept;
    if (name.endsWith('always_on')) expect([isKept(0), isKept(1)]).toEqual([true, true]);
    else if (name.endsWith('always_off')) expect([isKept(0), isKept(1)]).toEqual([false, false]);
    else expect([isKept(0), isKept(1)]).toEqual([false, true]);
  });

  it.each([
    ['parentbased_always_off', true],
    ['parentbased_traceidratio', true],
    ['always_off', false],
  ])('%s follows a caller that is sampled: %s', (name, expected) => {
    expect(sample(name, '01', '').isSampled).toBe(expected);
  });
});
