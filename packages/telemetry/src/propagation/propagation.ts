import {
  type Context,
  createContextKey,
  isSpanContextValid,
  propagation,
  ROOT_CONTEXT,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import {
  CompositePropagator,
  isTracingSuppressed,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from '@opentelemetry/core';

/** Bit 1 of the W3C level 2 trace flags: the last 7 bytes of the trace id are random. */
const RANDOM_FLAG = 0x2;
const CALLER_IS_RANDOM = createContextKey('hotel: random flag of the trace that came in');
const RAW_CARRIER = createContextKey('hotel: propagation fields passed through untouched');

/**
 * W3C Trace Context, level 2. The SDK keeps only the sampled bit, so that `-03` would come in and `-01` go out; this
 * keeps the random flag of a trace that came in, and sets it on traces that start here, whose ids the SDK draws at random.
 * https://www.w3.org/TR/trace-context-2/#random-trace-id-flag
 */
class TraceContextLevel2 implements TextMapPropagator {
  private readonly level1 = new W3CTraceContextPropagator();

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    const extracted = this.level1.extract(context, carrier, getter);
    const caller = trace.getSpanContext(extracted);
    if (extracted === context || !caller) return extracted;
    const isRandom = (caller.traceFlags & RANDOM_FLAG) !== 0;
    const known = { ...caller, traceFlags: caller.traceFlags & TraceFlags.SAMPLED };
    return trace.setSpanContext(extracted, known).setValue(CALLER_IS_RANDOM, isRandom);
  }

  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    const traceparent = traceparentOf(context);
    if (!traceparent || isTracingSuppressed(context)) return;
    setter.set(carrier, 'traceparent', traceparent);
    const state = trace.getSpanContext(context)?.traceState?.serialize();
    if (state) setter.set(carrier, 'tracestate', state);
  }

  fields(): string[] {
    return this.level1.fields();
  }
}

function flagsOf(context: Context): string {
  const sampled = (trace.getSpanContext(context)?.traceFlags ?? 0) & TraceFlags.SAMPLED;
  const random = context.getValue(CALLER_IS_RANDOM) === false ? 0 : RANDOM_FLAG;
  return `0${sampled | random}`;
}

/** `traceparent` of the span in `context`, or undefined where there is none. Also the value of `traceresponse`. */
export function traceparentOf(context: Context): string | undefined {
  const span = trace.getSpanContext(context);
  if (!span || !isSpanContextValid(span)) return undefined;
  return `00-${span.traceId}-${span.spanId}-${flagsOf(context)}`;
}

/**
 * For a process without an SDK: what the caller sent goes on to whoever is called next, byte for byte, so that one
 * untraced service in the middle does not break everybody's traces.
 */
class PassThrough implements TextMapPropagator {
  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    const fields: Carrier = {};
    for (const key of CARRIER_FIELDS) {
      const value = getter.get(carrier, key);
      const text = Array.isArray(value) ? value.join(',') : value;
      if (text) fields[key] = text;
    }
    return context.setValue(RAW_CARRIER, fields);
  }

  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    const fields = context.getValue(RAW_CARRIER) as Carrier | undefined;
    for (const [key, value] of Object.entries(fields ?? {})) setter.set(carrier, key, value);
  }

  fields(): string[] {
    return [...CARRIER_FIELDS];
  }
}

const CARRIER_FIELDS = ['traceparent', 'tracestate', 'baggage'] as const;

/**
 * A context as text, for a database column or a message: the values of the headers of the same names.
 * https://www.w3.org/TR/trace-context/ and https://www.w3.org/TR/baggage/
 */
export type Carrier = Partial<Record<(typeof CARRIER_FIELDS)[number], string>>;

const carrierGetter: TextMapGetter<Carrier> = {
  keys: (carrier) => Object.keys(carrier),
  get: (carrier, key) => carrier[key as keyof Carrier],
};
const carrierSetter: TextMapSetter<Carrier> = {
  set(carrier, key, value) {
    carrier[key as keyof Carrier] = value;
  },
};

/** What a message carries is W3C whatever `OTEL_PROPAGATORS` says of HTTP: its readers know no other fields. */
let messagePropagator: TextMapPropagator = new PassThrough();

/** The W3C propagators, as one. */
export function w3cPropagator(): TextMapPropagator {
  return new CompositePropagator({ propagators: [new TraceContextLevel2(), new W3CBaggagePropagator()] });
}

/** With an SDK: contexts in messages are parsed and written anew, so that each span can be the parent of the next. */
export function propagateInMessages(): void {
  messagePropagator = w3cPropagator();
}

/** Without an SDK: HTTP headers and messages hand on what came in. */
export function passThrough(): void {
  propagation.setGlobalPropagator(new PassThrough());
}

/** The context as it is now, ready to be stored or sent. */
export function carrierOf(context: Context): Carrier {
  const carrier: Carrier = {};
  messagePropagator.inject(context, carrier, carrierSetter);
  return carrier;
}

/** The context that a stored or received carrier holds; the root context where it holds none that is valid. */
export function contextOf(carrier: Carrier): Context {
  return messagePropagator.extract(ROOT_CONTEXT, carrier, carrierGetter);
}
