import { type Context, ROOT_CONTEXT, type TextMapGetter, type TextMapPropagator, trace } from '@opentelemetry/api';
import { CompositePropagator } from '@opentelemetry/core';
import { PassThrough } from './pass-through.ts';
import { TraceContextLevel2 } from './trace-context.ts';
import { W3CBaggage } from './w3c-baggage.ts';

/** The values of `OTEL_PROPAGATORS`, and the headers that each reads and writes. */
const FIELDS = {
  tracecontext: ['traceparent', 'tracestate'],
  baggage: ['baggage'],
  b3: ['b3'],
  b3multi: ['x-b3-traceid', 'x-b3-spanid', 'x-b3-parentspanid', 'x-b3-sampled', 'x-b3-flags'],
  none: [],
};
export type PropagatorName = keyof typeof FIELDS;
export const PROPAGATORS = Object.keys(FIELDS) as PropagatorName[];

/** The known names in a comma-separated list, or the specification's default for an empty one. */
export function propagatorsFrom(list: string | undefined): PropagatorName[] {
  if (!list?.trim()) return ['tracecontext', 'baggage'];
  const names = new Set(list.split(',').map((name) => name.trim().toLowerCase()));
  return [...names].flatMap((name) => PROPAGATORS.find((known) => known === name) ?? []);
}

/** Combines the propagators; the last one that finds a caller wins. */
export async function httpPropagator(names: readonly PropagatorName[]): Promise<TextMapPropagator> {
  if (names.includes('none')) return new CompositePropagator();
  const propagators = await Promise.all(names.map(create));
  const composite = new CompositePropagator({ propagators });
  const isMixed = names.includes('tracecontext') && names.some((name) => name.startsWith('b3'));
  return isMixed ? new W3CFirst(composite) : composite;
}

/** Without an SDK: forwards the headers byte for byte. */
export function httpPassThrough(names: readonly PropagatorName[]): TextMapPropagator {
  return new PassThrough(names.includes('none') ? [] : names.flatMap((name) => FIELDS[name]));
}

async function create(name: PropagatorName): Promise<TextMapPropagator> {
  if (name === 'baggage') return new W3CBaggage();
  if (name === 'tracecontext') return new TraceContextLevel2();
  const { B3InjectEncoding, B3Propagator } = await import('@opentelemetry/propagator-b3');
  const isMulti = name === 'b3multi';
  return new B3Propagator({ injectEncoding: isMulti ? B3InjectEncoding.MULTI_HEADER : B3InjectEncoding.SINGLE_HEADER });
}

/** Prefers the W3C headers when another format names the same span: only they have all flags and the tracestate. */
class W3CFirst implements TextMapPropagator {
  private readonly all: TextMapPropagator;
  private readonly w3c = new TraceContextLevel2();

  constructor(all: TextMapPropagator) {
    this.all = all;
  }

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    const extracted = this.all.extract(context, carrier, getter);
    const found = trace.getSpanContext(extracted);
    const caller = trace.getSpanContext(this.w3c.extract(ROOT_CONTEXT, carrier, getter));
    const isSame = found && caller && found.traceId === caller.traceId && found.spanId === caller.spanId;
    return isSame ? trace.setSpanContext(extracted, caller) : extracted;
  }

  inject: TextMapPropagator['inject'] = (...args) => this.all.inject(...args);
  fields = () => this.all.fields();
}
