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
async function sample(sampler: string, flags: string, tracestate: string, ratio = 0.5) {
  const parent = contextOf({ traceparent: `00-${traceId}-b7ad6b7169203331-${flags}`, tracestate });
  const own = await createSampler(sampler, ratio);
  const { decision, traceState } = own.shouldSample(parent, traceId, 'name', SpanKind.SERVER, {}, []);
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
  ])('%s', async (_what, flags, tracestate) => {
    expect((await sample('parentbased_always_on', flags, tracestate)).state).toBe(tracestate);
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
  ])('is removed %s', async (_what, sampler, flags, tracestate, expected) => {
    expect((await sample(sampler, flags, tracestate)).state).toBe(expected ?? '');
  });
});

describe('a sampler', () => {
  const rootDecision = async (name: string, ratio: number) =>
    (await createSampler(name, ratio)).shouldSample(ROOT_CONTEXT, traceId, 'name', SpanKind.SERVER, {}, []).decision;

  it.each(SAMPLERS)('%s decides about new traces', async (name) => {
    const kept = SamplingDecision.RECORD_AND_SAMPLED;
    const isKept = async (ratio: number) => (await rootDecision(name, ratio)) === kept;
    const decisions = [await isKept(0), await isKept(1)];
    if (name.endsWith('always_on')) expect(decisions).toEqual([true, true]);
    else if (name.endsWith('always_off')) expect(decisions).toEqual([false, false]);
    else expect(decisions).toEqual([false, true]);
  });

  it.each([
    ['parentbased_always_off', true],
    ['parentbased_traceidratio', true],
    ['parentbased_probability', true],
    ['always_off', false],
  ])('%s follows a caller that is sampled: %s', async (name, expected) => {
    expect((await sample(name, '01', '')).isSampled).toBe(expected);
  });
});

describe('consistent probability sampling', () => {
  it.each([
    ['keeps a trace whose randomness reaches the threshold', 0.5, '00', '', true, 'ot=th:8'],
    ['drops a trace whose randomness is lower', 0.25, '01', '', false, undefined],
    ['replaces the threshold of the caller', 0.75, '03', 'ot=th:8;x:1,a=1', true, 'ot=th:4;x:1,a=1'],
    ['removes the threshold of the caller from a trace that it drops', 0.25, '03', 'ot=th:8', false, ''],
    ['prefers explicit randomness', 0.25, '00', 'ot=rv:c0000000000000', true, 'ot=th:c;rv:c0000000000000'],
  ])('%s', async (_what, ratio, flags, tracestate, isSampled, state) => {
    expect(await sample('probability', flags, tracestate, ratio)).toEqual({ isSampled, state });
  });

  it.each([
    ['keeps a trace with the threshold of the caller', '03', 'ot=th:8', true, 'ot=th:8'],
    ['drops a trace that the threshold of the caller drops', '02', 'ot=th:c', false, ''],
    ['keeps a trace that the caller sampled without a threshold', '01', 'a=1', true, 'a=1'],
  ])('below a caller %s, whatever the own ratio', async (_what, flags, tracestate, isSampled, state) => {
    expect(await sample('parentbased_probability', flags, tracestate, 0.01)).toEqual({ isSampled, state });
  });
});
