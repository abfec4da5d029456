import {
  type Attributes,
  type Context,
  context,
  type HrTime,
  ROOT_CONTEXT,
  type Span,
  type SpanKind,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { LeafSpan, LeafTemplate } from '../otlp/leaf-span.ts';
import { now } from '../setup/clock.ts';
import { telemetryState } from '../setup/state.ts';
import { samplingFollowsParent } from '../setup/switch.ts';
import { markThrown, tracer } from './spans.ts';

const followsParent = samplingFollowsParent(process.env);

/** Content of spans that have no children and differ only in their times: a prepared statement's, for example. */
export class LeafKind {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
  template: LeafTemplate | undefined;

  constructor(name: string, kind: SpanKind, attributes: Attributes) {
    this.name = name;
    this.kind = kind;
    this.attributes = attributes;
  }
}

/** A span in progress. It never becomes active, so nothing can start below it. */
export type Leaf = LeafSpan | Span;

/**
 * Begins a leaf span below the active span; `endLeaf` or `failLeaf` ends it. Where the exporter can encode it from a
 * template (docs/adr/018), it costs a fraction of an ordinary span; otherwise it is one.
 * @returns undefined outside a trace and in an unsampled one.
 */
export function startLeaf(kind: LeafKind, startTime?: HrTime): Leaf | undefined {
  const here = context.active();
  const parent = trace.getSpan(here);
  if (!parent) return undefined;
  const parentContext = parent.spanContext();
  const isSampled = (parentContext.traceFlags & TraceFlags.SAMPLED) !== 0;
  if (followsParent && !isSampled) return undefined;
  // The tracer decides below ended and remote spans (whose tracestate may need a change), and where tracing is suppressed.
  if (telemetryState.exportLeaf && isSampled && followsParent && parent.isRecording() && !isTracingSuppressed(here)) {
    kind.template ??= new LeafTemplate(startOrdinarySpan(kind, here) as unknown as ReadableSpan);
    return new LeafSpan(kind.template, parentContext, startTime ?? now());
  }
  return startOrdinarySpan(kind, here, startTime);
}

/** @param endTime on the clock of `moment()`; now, if it is not given. */
export function endLeaf(leaf: Leaf, endTime?: HrTime): void {
  if (!(leaf instanceof LeafSpan)) leaf.end(endTime);
  else telemetryState.exportLeaf?.(leaf.endAt(endTime ?? now()));
}

/** Ends the span with status ERROR, `error.type`, an exception event and these attributes, which may replace the type. */
export function failLeaf(kind: LeafKind, leaf: Leaf, error: unknown, attributes: Attributes, endTime?: HrTime): void {
  if (!(leaf instanceof LeafSpan)) {
    markThrown(leaf, error, 'database');
    leaf.setAttributes(attributes).end(endTime);
    return;
  }
  // Rare, and with content that no template has: an ordinary span.
  const here = trace.setSpanContext(ROOT_CONTEXT, leaf.parentSpanContext);
  const span = startOrdinarySpan(kind, here, leaf.startTime);
  const time = endTime ?? now();
  markThrown(span, error, 'database', { time });
  span.setAttributes(attributes).end(time);
}

function startOrdinarySpan({ name, kind, attributes }: LeafKind, here: Context, startTime?: HrTime): Span {
  return tracer.startSpan(name, { kind, attributes, ...(startTime ? { startTime } : {}) }, here);
}
