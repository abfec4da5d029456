import {
  type Context,
  ROOT_CONTEXT,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  trace,
} from '@opentelemetry/api';
import { CompositePropagator } from '@opentelemetry/core';
import { PassThrough } from './pass-through.ts';
import { TraceContextLevel2 } from './trace-context.ts';
import { W3CBaggage } from './w3c-baggage.ts';

const CARRIER_FIELDS = ['traceparent', 'tracestate', 'baggage'] as const;

/**
 * A context as text for a database column or a message, as in the headers of the same names.
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

/** Messages always use W3C, whatever `OTEL_PROPAGATORS` sets for HTTP: consumers read no other fields. */
let messagePropagator: TextMapPropagator = new PassThrough(CARRIER_FIELDS);

/** With an SDK: parses and rewrites the contexts in messages, so that each span can be the parent of the next. */
export function propagateInMessages(): void {
  messagePropagator = new CompositePropagator({ propagators: [new TraceContextLevel2(), new W3CBaggage()] });
}

/** The given context, ready to be stored or sent. */
export function carrierOf(context: Context): Carrier {
  const carrier: Carrier = {};
  messagePropagator.inject(context, carrier, carrierSetter);
  return carrier;
}

/** The context in a received message, or the root context if it has no valid one. */
export function contextOf(carrier: Carrier): Context {
  return messagePropagator.extract(ROOT_CONTEXT, carrier, carrierGetter);
}

/** The same for a context stored by this service: its span is not remote, since it never left the service. */
export function storedContextOf(carrier: Carrier): Context {
  const stored = contextOf(carrier);
  const span = trace.getSpanContext(stored);
  // The propagator has just made it, so nothing else refers to it.
  if (span) span.isRemote = false;
  return stored;
}
