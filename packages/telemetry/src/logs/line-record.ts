import { type HrTime, isSpanContextValid, type SpanContext } from '@opentelemetry/api';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { type LineContent, recordOf } from './line.ts';

/** What the records of all lines share. */
export type LineOrigin = Pick<ReadableLogRecord, 'resource' | 'instrumentationScope'>;

type Content = LineContent & Pick<ReadableLogRecord, 'droppedAttributesCount'>;

/** As in the SDK: https://opentelemetry.io/docs/specs/otel/common/#configurable-parameters */
const MAX_ATTRIBUTES = 128;

/**
 * The record of a log line (docs/adr/021). It holds the line, which is parsed during the export: the SDK's own record
 * checks and copies every attribute.
 */
export class LineRecord implements Omit<ReadableLogRecord, 'eventName'> {
  readonly hrTime: HrTime;
  readonly spanContext?: SpanContext;
  private readonly origin: LineOrigin;
  private readonly line: string;
  private content: Content | undefined;

  /** @param span the active one */
  constructor(origin: LineOrigin, line: string, time: HrTime, span: SpanContext | undefined) {
    this.origin = origin;
    this.line = line;
    this.hrTime = time;
    if (span && isSpanContextValid(span)) this.spanContext = span;
  }

  get hrTimeObserved() {
    return this.hrTime;
  }
  get resource() {
    return this.origin.resource;
  }
  get instrumentationScope() {
    return this.origin.instrumentationScope;
  }
  get severityNumber() {
    return this.parsed().severityNumber;
  }
  get severityText() {
    return this.parsed().severityText;
  }
  get body() {
    return this.parsed().body;
  }
  get eventName() {
    return this.parsed().eventName;
  }
  get attributes() {
    return this.parsed().attributes;
  }
  get droppedAttributesCount() {
    return this.parsed().droppedAttributesCount;
  }

  /** @throws SyntaxError if the line is not JSON */
  private parsed(): Content {
    this.content ??= contentOf(this.line);
    return this.content;
  }
}

function contentOf(line: string): Content {
  const content = recordOf(line);
  const { attributes } = content;
  const keys = Object.keys(attributes);
  const droppedAttributesCount = Math.max(0, keys.length - MAX_ATTRIBUTES);
  for (const key of keys.slice(MAX_ATTRIBUTES)) delete attributes[key];
  return { ...content, droppedAttributesCount };
}
