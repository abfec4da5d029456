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
let messagePropagator: TextMapPropagator = new PassThrough(CARRIER_FIELDS);

/** With an SDK: contexts in messages are parsed and written again, so that each span can be the parent of the next. */
export function propagateInMessages(): void {
  messagePropagator = new CompositePropagator({ propagators: [new TraceContextLevel2(), new W3CBaggage()] });
}

/** The context as it is now, ready to be stored or sent. */
export function carrierOf(context: Context): Carrier {
  const carrier: Carrier = {};
  messagePropagator.inject(context, carrier, carrierSetter);
  return carrier;
}

/** The context that a received message holds; the root context where it holds none that is valid. */
export function contextOf(carrier: Carrier): Context {
  return messagePropagator.extract(ROOT_CONTEXT, carrier, carrierGetter);
}

/** The same of a context that this service has stored for itself: its span is no remote one, it never crossed the wire. */
export function storedContextOf(carrier: Carrier): Context {
  const stored = contextOf(carrier);
  const span = trace.getSpanContext(stored);
  return span ? trace.setSpanContext(stored, { ...span, isRemote: false }) : stored;
}
