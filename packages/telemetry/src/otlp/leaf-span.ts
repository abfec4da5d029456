import {
  type Attributes,
  createTraceState,
  type HrTime,
  type Link,
  type SpanContext,
  type SpanKind,
  SpanStatusCode,
} from '@opentelemetry/api';
import { hrTimeDuration } from '@opentelemetry/core';
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace';

const NO_LINKS: Link[] = [];
const NO_EVENTS: TimedEvent[] = [];
const EMPTY = createTraceState();
const UNSET = { code: SpanStatusCode.UNSET };
const TWO_TO_32 = 0x1_0000_0000;

/** What all leaf spans of one kind share, taken from an ordinary span within its limits. */
export class LeafTemplate {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
  readonly droppedAttributesCount: number;
  readonly resource: ReadableSpan['resource'];
  readonly instrumentationScope: ReadableSpan['instrumentationScope'];
  /** Their OTLP fields in front of and behind the times, set by the serializer. */
  encoded: { beforeTimes: Uint8Array; afterTimes: Uint8Array } | undefined;

  constructor(span: ReadableSpan) {
    this.name = span.name;
    this.kind = span.kind;
    this.attributes = span.attributes;
    this.droppedAttributesCount = span.droppedAttributesCount;
    this.resource = span.resource;
    this.instrumentationScope = span.instrumentationScope;
  }
}

/**
 * A sampled span without children, events and links, below a local span of this process. It holds only what differs from
 * span to span: the content is in the template, the trace id and flags are the parent's.
 */
export class LeafSpan implements ReadableSpan, SpanContext {
  readonly template: LeafTemplate;
  readonly parentSpanContext: SpanContext;
  readonly startTime: HrTime;
  endTime: HrTime;
  /** The halves of the span id, as signed 32-bit integers: V8 allocates nothing for them. */
  readonly idHigh: number;
  readonly idLow: number;

  constructor(template: LeafTemplate, parent: SpanContext, startTime: HrTime) {
    this.template = template;
    this.parentSpanContext = parent;
    this.startTime = startTime;
    this.endTime = startTime;
    this.idHigh = (Math.random() * TWO_TO_32) | 0;
    // An id of zeros is invalid.
    this.idLow = (Math.random() * TWO_TO_32) | 0 || 1;
  }

  /** Ends the span, at its start if the system clock was set back meanwhile. @returns this */
  endAt(time: HrTime): this {
    const [seconds, nanoseconds] = this.startTime;
    const isBefore = time[0] < seconds || (time[0] === seconds && time[1] < nanoseconds);
    if (!isBefore) this.endTime = time;
    return this;
  }

  /** The span itself: a context object for each span would be garbage. */
  spanContext(): SpanContext {
    return this;
  }
  get traceId() {
    return this.parentSpanContext.traceId;
  }
  get spanId() {
    return hexOf(this.idHigh) + hexOf(this.idLow);
  }
  /** As the tracer sets them: sampled like the parent, with the parent's random flag. */
  get traceFlags() {
    return this.parentSpanContext.traceFlags;
  }
  get traceState() {
    return this.parentSpanContext.traceState ?? EMPTY;
  }
  get name() {
    return this.template.name;
  }
  get kind() {
    return this.template.kind;
  }
  get attributes() {
    return this.template.attributes;
  }
  get droppedAttributesCount() {
    return this.template.droppedAttributesCount;
  }
  get resource() {
    return this.template.resource;
  }
  get instrumentationScope() {
    return this.template.instrumentationScope;
  }
  get duration() {
    return hrTimeDuration(this.startTime, this.endTime);
  }
  get status() {
    return UNSET;
  }
  get links() {
    return NO_LINKS;
  }
  get events() {
    return NO_EVENTS;
  }
  get ended() {
    return true;
  }
  get droppedEventsCount() {
    return 0;
  }
  get droppedLinksCount() {
    return 0;
  }
}

function hexOf(half: number): string {
  return (half >>> 0).toString(16).padStart(8, '0');
}
