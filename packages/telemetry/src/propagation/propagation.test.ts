import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { startSdk } from '../../test/sdk.ts';
import { httpPassThrough, httpPropagator, propagatorsFrom } from './http.ts';
import { type Carrier, carrierOf, contextOf, storedContextOf } from './propagation.ts';
import { traceparentOf } from './trace-context.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';
const sdk = startSdk();
const tracer = trace.getTracer('test');

/** What the next service receives when this one makes a span between it and the caller. */
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
  ])('received as %s are sent as %s', (flags, expected) => {
    const out = passedOn({ traceparent: `00-${traceId}-${spanId}-${flags}` }).traceparent;
    expect(out).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-${expected}$`));
    expect(out).not.toContain(spanId);
  });

  it('that starts here include the random flag', () => {
    expect(passedOn({}).traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-03$/);
  });

  it('that starts here and is not sampled include the random flag', () => {
    sdk.sampleNewTraces = false;
    expect(passedOn({}).traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-02$/);
    expect(sdk.spans()).toEqual([]);
  });

  it('are the same after two hops as after one', () => {
    const once = passedOn({ traceparent: `00-${traceId}-${spanId}-01` });
    expect(passedOn(once).traceparent?.slice(-3)).toBe('-01');
  });

  it('are exported with the span and with its links', () => {
    const parent = contextOf({ traceparent: `00-${traceId}-${spanId}-03` });
    const link = trace.getSpanContext(contextOf({ traceparent: `00-${traceId}-${spanId}-02` }));
    tracer.startSpan('child', { links: link ? [{ context: link }] : [] }, parent).end();
    tracer
      .startSpan('child of a trace that is not random', {}, contextOf({ traceparent: `00-${traceId}-${spanId}-01` }))
      .end();
    tracer.startSpan('root').end();
    expect(sdk.spans().map((span) => span.spanContext().traceFlags)).toEqual([3, 1, 3]);
    expect(sdk.spans()[0]?.links.map(({ context }) => context.traceFlags)).toEqual([2]);
  });

  it('of a root span do not depend on the active context', () => {
    const parent = contextOf({ traceparent: `00-${traceId}-${spanId}-01` });
    for (const span of [
      tracer.startSpan('root', { root: true }, parent),
      tracer.startSpan('root', {}, trace.deleteSpan(parent)),
    ]) {
      expect(traceparentOf(trace.setSpan(parent, span))).toMatch(/-03$/);
    }
  });
});

it('tracestate and baggage are propagated', () => {
  const received = {
    traceparent: `00-${traceId}-${spanId}-01`,
    tracestate: 'vendor=opaque,other=1',
    baggage: 'channel=web;ttl=5,name=m%C3%BCller',
  };
  expect(passedOn(received)).toMatchObject({ tracestate: received.tracestate, baggage: received.baggage });
});

it('a stored context is local, a received one is remote', () => {
  const carrier = { traceparent: `00-${traceId}-${spanId}-03`, tracestate: 'vendor=1', baggage: 'channel=web' };
  expect(trace.getSpanContext(contextOf(carrier))?.isRemote).toBe(true);
  expect(trace.getSpanContext(storedContextOf(carrier))?.isRemote).toBe(false);
  expect(carrierOf(storedContextOf(carrier))).toEqual(carrier);
  expect(storedContextOf({})).toBe(ROOT_CONTEXT);
});

it('baggage is propagated without a trace', () => {
  expect(carrierOf(contextOf({ baggage: 'channel=web' }))).toEqual({ baggage: 'channel=web' });
});

describe('a traceparent', () => {
  it.each([
    ['is malformed', 'hello'],
    ['has no flags', `00-${traceId}-${spanId}`],
    ['has a trace id of zeros', `00-${'0'.repeat(32)}-${spanId}-01`],
    ['has a span id of zeros', `00-${traceId}-${'0'.repeat(16)}-01`],
    ['has a short trace id', `00-${traceId.slice(1)}-${spanId}-01`],
    ['is in upper case', `00-${traceId.toUpperCase()}-${spanId}-01`],
    ['has the forbidden version', `ff-${traceId}-${spanId}-01`],
    ['is of version 0 and longer', `00-${traceId}-${spanId}-01-more`],
    ['is sent twice', `00-${traceId}-${spanId}-01, 00-${traceId}-${spanId}-01`],
  ])('that %s is ignored: a new trace begins', (_what, traceparent) => {
    const out = passedOn({ traceparent, tracestate: 'vendor=1' });
    expect(out.traceparent).toMatch(/-03$/);
    expect(out.traceparent).not.toContain(traceId);
    expect(out.tracestate).toBeUndefined();
  });

  it('of a future version is read as far as it is known', () => {
    expect(passedOn({ traceparent: `01-${traceId}-${spanId}-03-more` }).traceparent).toMatch(
      new RegExp(`^00-${traceId}-[0-9a-f]{16}-03$`),
    );
  });
});

describe('HTTP headers', () => {
  type Headers = Record<string, string>;
  const getter = { keys: (from: Headers) => Object.keys(from), get: (from: Headers, name: string) => from[name] };
  const setter = {
    set(to: Headers, name: string, value: string) {
      to[name] = value;
    },
  };
  const lists = [
    'tracecontext',
    'tracecontext,baggage',
    'baggage,tracecontext,b3',
    'b3multi,tracecontext',
    'b3',
    'b3multi',
  ];

  async function relay(list: string, received: Headers) {
    const propagator = await httpPropagator(propagatorsFrom(list));
    const parent = propagator.extract(ROOT_CONTEXT, received, getter);
    const span = tracer.startSpan('in between', {}, parent);
    span.end();
    const here = trace.setSpan(parent, span);
    const headers: Headers = {};
    propagator.inject(here, headers, setter);
    return {
      headers,
      job: carrierOf(here).traceparent,
      traceresponse: traceparentOf(here),
      flags: span.spanContext().traceFlags,
    };
  }

  it.each(lists.flatMap((list) => ['00', '01', '02', '03'].map((flags) => [list, flags] as const)))(
    'of OTEL_PROPAGATORS=%s agree with jobs, traceresponse and spans when -%s is received',
    async (list, flags) => {
      const traceparent = `00-${traceId}-${spanId}-${flags}`;
      const b3 = `${traceId}-${spanId}-${Number(flags) & 1}`;
      const b3multi = { 'x-b3-traceid': traceId, 'x-b3-spanid': spanId, 'x-b3-sampled': `${Number(flags) & 1}` };
      const { headers, job, traceresponse, flags: own } = await relay(list, { traceparent, b3, ...b3multi });
      const expected = list.includes('tracecontext') ? flags : `0${Number(flags) & 1}`;
      expect(job).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-${expected}$`));
      expect(traceresponse).toBe(job);
      if (headers.traceparent) expect(headers.traceparent).toBe(job);
      expect(own).toBe(Number(expected));
    },
  );

  it('keep flags and tracestate if b3 names the same span, and follow the last format if it does not', async () => {
    const w3c = { traceparent: `00-${traceId}-${spanId}-03`, tracestate: 'vendor=1' };
    const same = await relay('tracecontext,baggage,b3', { ...w3c, b3: `${traceId}-${spanId}-1` });
    expect(same.headers).toMatchObject({ traceparent: expect.stringMatching(/-03$/), tracestate: 'vendor=1' });
    const other = await relay('tracecontext,baggage,b3', { ...w3c, b3: `${'f'.repeat(32)}-${spanId}-1` });
    expect(other.headers.traceparent).toContain('f'.repeat(32));
    expect(other.headers.tracestate).toBeUndefined();
  });

  it('carry nothing with OTEL_PROPAGATORS=none, while jobs still carry the trace', async () => {
    const { headers, job } = await relay('none', { traceparent: `00-${traceId}-${spanId}-03` });
    expect(headers).toEqual({});
    expect(job).toMatch(/-03$/);
    expect(job).not.toContain(traceId);
  });

  it.each([
    ['b3', ['b3']],
    ['baggage, b3multi', ['baggage', 'x-b3-traceid', 'x-b3-sampled']],
    ['none', []],
  ])('of OTEL_PROPAGATORS=%s are forwarded without an SDK', (list, names) => {
    const all = Object.fromEntries(
      ['traceparent', 'baggage', 'b3', 'x-b3-traceid', 'x-b3-sampled'].map((name) => [name, `${name}!`]),
    );
    const propagator = httpPassThrough(propagatorsFrom(list));
    const headers: Headers = {};
    propagator.inject(propagator.extract(ROOT_CONTEXT, all, getter), headers, setter);
    expect(Object.keys(headers).toSorted()).toEqual(names.toSorted());
  });
});

it('nothing is propagated outside a trace', () => {
  expect(carrierOf(ROOT_CONTEXT)).toEqual({});
  expect(traceparentOf(ROOT_CONTEXT)).toBeUndefined();
});
