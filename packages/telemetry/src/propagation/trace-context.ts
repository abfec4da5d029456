import {
  type Context,
  INVALID_SPANID,
  INVALID_TRACEID,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import { hasValidIds, ValidSpanContext } from '../spans/span-context.ts';
import { trimOws } from './ows.ts';
import { TraceStateLevel2 } from './trace-state.ts';

/** Bit 1 of the W3C level 2 trace flags: the last 7 bytes of the trace id are random. */
export const RANDOM_FLAG = 0x2;
const KNOWN_FLAGS = TraceFlags.SAMPLED | RANDOM_FLAG;
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/**
 * W3C Trace Context level 2; the SDK's propagator supports level 1. The random flag stays in the span context, where
 * `withRandomFlag` copies it to every span of the trace. https://www.w3.org/TR/trace-context-2/
 */
export class TraceContextLevel2 implements TextMapPropagator {
  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    const header = textOf(getter.get(carrier, 'traceparent'));
    const caller = header ? parseTraceparent(header) : undefined;
    if (!caller) return context;
    const members = textOf(getter.get(carrier, 'tracestate'));
    const traceState = members ? TraceStateLevel2.parse(members) : undefined;
    if (traceState) caller.traceState = traceState;
    return trace.setSpanContext(context, caller);
  }

  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    const traceparent = traceparentOf(context);
    if (!traceparent || isTracingSuppressed(context)) return;
    setter.set(carrier, 'traceparent', traceparent);
    const state = trace.getSpanContext(context)?.traceState?.serialize();
    if (state) setter.set(carrier, 'tracestate', state);
  }

  fields(): string[] {
    return ['traceparent', 'tracestate'];
  }
}

/** `traceparent` of the span in `context`, undefined without one. Also the value of `traceresponse`. */
export function traceparentOf(context: Context): string | undefined {
  const span = trace.getSpanContext(context);
  if (!span || !hasValidIds(span)) return undefined;
  return `00-${span.traceId}-${span.spanId}-0${span.traceFlags & KNOWN_FLAGS}`;
}

/** Joins repeated headers into one list. The comma makes a repeated `traceparent` invalid. */
function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(',') : header;
}

/** Reads the known part of a future version: more fields may follow after another dash. */
function parseTraceparent(header: string): ValidSpanContext | undefined {
  const fields = TRACEPARENT.exec(trimOws(header));
  if (!fields) return undefined;
  // By index: every message is parsed, and destructuring runs an iterator.
  const version = fields[1];
  const traceId = fields[2] ?? '';
  const spanId = fields[3] ?? '';
  if (version === 'ff' || (version === '00' && fields[5])) return undefined;
  if (traceId === INVALID_TRACEID || spanId === INVALID_SPANID) return undefined;
  const caller = new ValidSpanContext(traceId, spanId, Number.parseInt(fields[4] ?? '', 16) & KNOWN_FLAGS);
  caller.isRemote = true;
  return caller;
}
