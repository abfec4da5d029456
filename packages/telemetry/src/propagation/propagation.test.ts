import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { startSdk } from '../../test/sdk.ts';
import { type Carrier, carrierOf, contextOf, traceparentOf, w3cPropagator } from './propagation.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';
const sdk = startSdk();
const tracer = trace.getTracer('test');

/** What the next service gets when a span is made here, between the caller and it. */
function passedOn(received: Carrier): Carrier {
  const parent = contextOf(received);
  const span = tracer.startSpan('in between', {}, parent);
  span.end();
  return carrierOf(trace.setSpan(parent, span));
}

describe('the flags of a trace', () => {
  it.each([
    ['00', '00'],
    ['01', '01'],
    ['02', '02'],
    ['03', '03'],
    ['ff', '03'],
  ])('that came in as %s go out as %s', (flags, expected) => {
    const out = passedOn({ traceparent: `00-${traceId}-${spanId}-${flags}` }).traceparent;
    expect(out).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-${expected}$`));
    expect(out).not.toContain(spanId);
  });

  it('that starts here say that its id is random', () => {
    expect(passedOn({}).traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-03$/);
  });

  it('that starts here and is not sampled say that as well', () => {
    sdk.sampleNewTraces = false;
    expect(passedOn({}).traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-02$/);
    expect(sdk.spans()).toEqual([]);
  });

  it('are the same through two stops as through one', () => {
    const once = passedOn({ traceparent: `00-${traceId}-${spanId}-01` });
    expect(passedOn(once).traceparent?.slice(-3)).toBe('-01');
  });

  it('do not reach the SDK beyond the one it knows, or its samplers would see a number that is not theirs', () => {
    const known = trace.getSpanContext(contextOf({ traceparent: `00-${traceId}-${spanId}-03` }));
    expect(known).toMatchObject({ traceId, spanId, traceFlags: 1, isRemote: true });
  });
});

it('tracestate and baggage go on to the next', () => {
  const received = {
    traceparent: `00-${traceId}-${spanId}-01`,
    tracestate: 'vendor=opaque,other=1',
    baggage: 'channel=web;ttl=5,name=m%C3%BCller',
  };
  expect(passedOn(received)).toMatchObject({ tracestate: received.tracestate, baggage: received.baggage });
});

it('baggage goes on without a trace, too', () => {
  expect(carrierOf(contextOf({ baggage: 'channel=web' }))).toEqual({ baggage: 'channel=web' });
});

describe('a traceparent', () => {
  it.each([
    ['is not one', 'hello'],
    ['has no flags', `00-${traceId}-${spanId}`],
    ['has a trace id of zeros', `00-${'0'.repeat(32)}-${spanId}-01`],
    ['has a span id of zeros', `00-${traceId}-${'0'.repeat(16)}-01`],
    ['has a short trace id', `00-${traceId.slice(1)}-${spanId}-01`],
    ['is in upper case', `00-${traceId.toUpperCase()}-${spanId}-01`],
    ['has the forbidden version', `ff-${traceId}-${spanId}-01`],
    ['is of version 0 and longer', `00-${traceId}-${spanId}-01-more`],
    ['is two of them', `00-${traceId}-${spanId}-01, 00-${traceId}-${spanId}-01`],
  ])('that %s is ignored: a new trace begins', (_what, traceparent) => {
    const out = passedOn({ traceparent, tracestate: 'vendor=1' });
    expect(out.traceparent).toMatch(/-03$/);
    expect(out.traceparent).not.toContain(traceId);
    expect(out.tracestate).toBeUndefined();
  });

  it('of a version to come is understood as far as it is known', () => {
    expect(passedOn({ traceparent: `01-${traceId}-${spanId}-03-more` }).traceparent).toMatch(
      new RegExp(`^00-${traceId}-[0-9a-f]{16}-03$`),
    );
  });
});

it('HTTP headers carry the same as messages', () => {
  const headers = new Map<string, string>();
  const span = tracer.startSpan('caller', {}, contextOf({ traceparent: `00-${traceId}-${spanId}-03` }));
  span.end();
  const here = trace.setSpan(contextOf({ traceparent: `00-${traceId}-${spanId}-03` }), span);
  w3cPropagator().inject(here, headers, { set: (to, key, value) => to.set(key, value) });
  expect(Object.fromEntries(headers)).toEqual(carrierOf(here));
  expect(headers.get('traceparent')).toBe(traceparentOf(here));
});

it('outside of a trace there is nothing to carry', () => {
  expect(carrierOf(ROOT_CONTEXT)).toEqual({});
  expect(traceparentOf(ROOT_CONTEXT)).toBeUndefined();
});
