import {
  type Context,
  context,
  INVALID_SPAN_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  type SpanOptions,
  TraceFlags,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import {
  RandomIdGenerator,
  type Sampler,
  SamplingDecision,
  type SpanLimits,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace';
import { RANDOM_FLAG } from '../propagation/trace-context.ts';
import { RecordedSpan, type SpanOrigin } from './recorded-span.ts';
import { hasValidIds, ValidSpanContext } from './span-context.ts';

/** The specification's defaults. https://opentelemetry.io/docs/specs/otel/common/#configurable-parameters */
const DEFAULT_LIMITS: Required<SpanLimits> = {
  attributeCountLimit: 128,
  attributeValueLengthLimit: Number.POSITIVE_INFINITY,
  eventCountLimit: 128,
  linkCountLimit: 128,
  attributePerEventCountLimit: 128,
  attributePerLinkCountLimit: 128,
};
const ids = new RandomIdGenerator();

interface TracerOptions {
  resource: Resource;
  sampler: Sampler;
  spanLimits?: SpanLimits;
  spanProcessors: SpanProcessor[];
}

/**
 * A tracer provider on the SDK's samplers and span processors, with spans of our own (docs/adr/023). It sets the random
 * flag, which the SDK does not support: a child inherits its parent's, and traces that start here have random ids.
 * https://www.w3.org/TR/trace-context-2/#random-trace-id-flag
 */
export function createTracerProvider(options: TracerOptions): TracerProvider & { shutdown(): Promise<void> } {
  const { resource, sampler, spanLimits, spanProcessors: processors } = options;
  const limits = { ...DEFAULT_LIMITS, ...spanLimits };
  const tracers = new Map<string, Tracer>();
  return {
    getTracer(name, version, { schemaUrl } = {}) {
      const key = JSON.stringify([name, version, schemaUrl]);
      const instrumentationScope = { name, ...(version ? { version } : {}), ...(schemaUrl ? { schemaUrl } : {}) };
      const tracer =
        tracers.get(key) ?? new RecordingTracer(sampler, { resource, limits, processors, instrumentationScope });
      tracers.set(key, tracer);
      return tracer;
    },
    async shutdown() {
      await Promise.all(processors.map((processor) => processor.shutdown()));
    },
  };
}

class RecordingTracer implements Tracer {
  private readonly sampler: Sampler;
  private readonly origin: SpanOrigin;

  constructor(sampler: Sampler, origin: SpanOrigin) {
    this.sampler = sampler;
    this.origin = origin;
  }

  startSpan(name: string, options: SpanOptions = {}, parentContext: Context = context.active()): Span {
    const here = options.root ? trace.deleteSpan(parentContext) : parentContext;
    if (isTracingSuppressed(here)) return trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
    const { kind = SpanKind.INTERNAL, attributes = {}, links = [], startTime } = options;
    const parent = validParentIn(here);
    const traceId = parent?.traceId ?? ids.generateTraceId();
    const sampled = this.sampler.shouldSample(here, traceId, name, kind, attributes, links);
    const isSampled = sampled.decision === SamplingDecision.RECORD_AND_SAMPLED;
    const random = parent ? parent.traceFlags & RANDOM_FLAG : RANDOM_FLAG;
    const traceFlags = (isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE) | random;
    const spanContext = new ValidSpanContext(traceId, ids.generateSpanId(), traceFlags);
    const traceState = sampled.traceState ?? parent?.traceState;
    if (traceState) spanContext.traceState = traceState;
    if (sampled.decision === SamplingDecision.NOT_RECORD) return trace.wrapSpanContext(spanContext);
    const span = new RecordedSpan(this.origin, {
      name,
      kind,
      spanContext,
      parent,
      attributes: sampled.attributes ? { ...attributes, ...sampled.attributes } : attributes,
      links,
      startTime,
    });
    for (const processor of this.origin.processors) processor.onStart(span, here);
    return span;
  }

  startActiveSpan(name: string, ...rest: unknown[]) {
    const work = rest.pop() as (span: Span) => never;
    const [options, parentContext = context.active()] = rest as [SpanOptions?, Context?];
    const span = this.startSpan(name, options, parentContext);
    return context.with(trace.setSpan(parentContext, span), work, undefined, span);
  }
}

function validParentIn(here: Context): SpanContext | undefined {
  const parent = trace.getSpanContext(here);
  return parent && hasValidIds(parent) ? parent : undefined;
}
