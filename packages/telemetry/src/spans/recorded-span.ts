import {
  type Attributes,
  type AttributeValue,
  diag,
  type Exception,
  type HrTime,
  type Link,
  type Span,
  type SpanContext,
  type SpanKind,
  type SpanStatus,
  SpanStatusCode,
  type TimeInput,
} from '@opentelemetry/api';
import { cleanSimpleAttributes, hrTimeDuration, type InstrumentationScope, isTimeInput } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan, SpanLimits, SpanProcessor, TimedEvent } from '@opentelemetry/sdk-trace';
import { timeOf } from '../setup/clock.ts';
import { attributesOf, type Cleaned, cleanAll, cleanLink, setCleaned } from './content.ts';
import { isBefore, timeFrom } from './time.ts';

const NOT_ENDED: HrTime = [0, 0];
const NO_DURATION: HrTime = [-1, -1];
const UNSET: SpanStatus = { code: SpanStatusCode.UNSET };

/** What all spans of a tracer share. */
export interface SpanOrigin {
  resource: Resource;
  instrumentationScope: InstrumentationScope;
  limits: Required<SpanLimits>;
  processors: readonly SpanProcessor[];
}

interface Start {
  name: string;
  kind: SpanKind;
  spanContext: SpanContext;
  parent: SpanContext | undefined;
  attributes: Attributes;
  links: Link[];
  startTime: TimeInput | undefined;
}

/**
 * A span that records: the SDK's, without what makes it expensive (docs/adr/023). It has the same content after the same
 * calls, with start times in microseconds.
 */
export class RecordedSpan implements Span, ReadableSpan {
  readonly origin: SpanOrigin;
  readonly kind: SpanKind;
  readonly parentSpanContext?: SpanContext;
  readonly startTime: HrTime;
  readonly links: Link[] = [];
  readonly events: TimedEvent[] = [];
  name: string;
  endTime = NOT_ENDED;
  status = UNSET;
  ended = false;
  droppedEventsCount = 0;
  droppedLinksCount = 0;
  private readonly cleaned: Cleaned;
  private readonly own: SpanContext;
  /** `performance.now()` at the start; undefined if the start was given. */
  private readonly startedMs: number | undefined;

  constructor(origin: SpanOrigin, { name, kind, spanContext, parent, attributes, links, startTime }: Start) {
    const startedMs = performance.now();
    this.origin = origin;
    this.name = name;
    this.kind = kind;
    this.own = spanContext;
    if (parent) this.parentSpanContext = parent;
    this.cleaned = cleanAll(attributes, origin.limits);
    this.startedMs = startTime === undefined ? startedMs : undefined;
    this.startTime = startTime === undefined ? timeOf(startedMs) : timeFrom(startTime);
    for (const link of links) this.addLink(link);
  }

  get attributes(): Attributes {
    return this.cleaned.attributes;
  }
  get droppedAttributesCount(): number {
    return this.cleaned.dropped;
  }
  get resource(): Resource {
    return this.origin.resource;
  }
  get instrumentationScope(): InstrumentationScope {
    return this.origin.instrumentationScope;
  }
  get duration(): HrTime {
    return this.ended ? hrTimeDuration(this.startTime, this.endTime) : NO_DURATION;
  }

  spanContext(): SpanContext {
    return this.own;
  }

  isRecording(): boolean {
    return !this.ended;
  }

  setAttribute(key: string, value: AttributeValue | undefined): this {
    if (this.isOpen()) setCleaned(this.cleaned, key, value, this.origin.limits);
    return this;
  }

  setAttributes(attributes: Attributes): this {
    for (const key in attributes) if (Object.hasOwn(attributes, key)) this.setAttribute(key, attributes[key]);
    return this;
  }

  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    if (!this.isOpen()) return this;
    const { eventCountLimit, attributePerEventCountLimit, attributeValueLengthLimit } = this.origin.limits;
    if (this.events.length >= eventCountLimit) {
      this.droppedEventsCount++;
      this.events.shift();
    }
    if (eventCountLimit === 0) return this;
    const isTime = isTimeInput(attributesOrTime);
    const limits = { attributeCountLimit: attributePerEventCountLimit, attributeValueLengthLimit };
    this.events.push({
      name,
      time: this.timeAt(isTime && !isTimeInput(time) ? attributesOrTime : time),
      ...(isTime || attributesOrTime === undefined ? undefined : cleanSimpleAttributes(attributesOrTime, limits)),
    });
    return this;
  }

  addLink(link: Link): this {
    if (!this.isOpen()) return this;
    const { linkCountLimit } = this.origin.limits;
    const cleaned = cleanLink(link, this.origin.limits);
    if (this.links.length >= linkCountLimit) {
      this.droppedLinksCount++;
      this.links.shift();
    }
    if (linkCountLimit > 0) this.links.push(cleaned);
    return this;
  }

  addLinks(links: Link[]): this {
    for (const link of links) this.addLink(link);
    return this;
  }

  setStatus({ code, message }: SpanStatus): this {
    if (!this.isOpen() || code === SpanStatusCode.UNSET || this.status.code === SpanStatusCode.OK) return this;
    const hasMessage = code === SpanStatusCode.ERROR && typeof message === 'string';
    this.status = hasMessage ? { code, message } : { code };
    return this;
  }

  updateName(name: string): this {
    if (this.isOpen()) this.name = name;
    return this;
  }

  recordException(exception: Exception, time?: TimeInput): void {
    const attributes = attributesOf(exception);
    if (attributes) this.addEvent('exception', attributes, time);
    else diag.warn('an exception has neither a type nor a message');
  }

  end(time?: TimeInput): void {
    if (!this.isOpen()) return;
    const end = this.timeAt(time);
    this.endTime = isBefore(end, this.startTime) ? this.startTime : end;
    const dropped = this.droppedAttributesCount + this.droppedEventsCount + this.droppedLinksCount;
    if (dropped > 0) diag.warn(`a span exceeds its limits: ${dropped} attributes, events and links are left out`);
    const { processors } = this.origin;
    for (const processor of processors) processor.onEnding?.(this);
    this.ended = true;
    for (const processor of processors) processor.onEnd(this);
  }

  private isOpen(): boolean {
    if (this.ended) diag.warn(`a span was changed after its end: ${this.name} ${this.own.traceId}-${this.own.spanId}`);
    return !this.ended;
  }

  /** Measured from the start, so that setting the system clock does not distort the span. */
  private timeAt(time: TimeInput | undefined): HrTime {
    return timeFrom(time, this.startTime, this.startedMs);
  }
}
