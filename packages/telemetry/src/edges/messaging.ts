import { type Attributes, type Context, context, type Link, SpanKind, trace } from '@opentelemetry/api';
import {
  ATTR_DEAD_LETTER_REASON,
  ATTR_ERROR_TYPE,
  ATTR_JOB_ATTEMPT,
  ATTR_LINK_REASON,
  ATTR_MESSAGING_DESTINATION_NAME,
  ATTR_MESSAGING_MESSAGE_CONVERSATION_ID,
  ATTR_MESSAGING_MESSAGE_ID,
  ATTR_MESSAGING_OPERATION_NAME,
  ATTR_MESSAGING_OPERATION_TYPE,
  ATTR_MESSAGING_SYSTEM,
  ATTR_OUTBOX_ATTEMPT,
  ATTR_QUEUE_WAIT_MS,
  EVENT_MESSAGE_DEAD_LETTERED,
  EVENT_MESSAGE_RECEIVED,
} from '../attributes.ts';
import { MESSAGING_SYSTEM_BULLMQ, queueAttributes, secondsSince } from '../metrics/instruments.ts';
import { baggageAttributes } from '../propagation/baggage.ts';
import { type Carrier, carrierOf, contextOf, storedContextOf } from '../propagation/propagation.ts';
import { telemetryState } from '../setup/state.ts';
import { errorTypeOf, markThrown, tracer } from './spans.ts';

/** Caps the attribute of the metric; a job that crashes its workers may be attempted more often. */
const MAX_ATTEMPT_NUMBER = 10;

/** Whether a consumer's span is below the producer's, linked to it, or both. */
export type QueueTrace = 'parent' | 'link' | 'both';

/** Attributes of a message on both sides of a queue. */
export interface MessageFacts {
  /** The queue's name. */
  queue: string;
  /** The event's id, also BullMQ's job id. */
  id: string;
  /** Shared by all messages about one thing: `bookings/42`. Undefined if the message has none. */
  conversationId: string | undefined;
}

/** Trace context received with a message. */
export interface Received {
  /** Context of its `send`. */
  carrier: Carrier;
  /** W3C traceparent of the failed attempt, when the message was redriven. */
  failedTraceparent?: string | undefined;
}

/** A `send` span in progress. */
export interface Send {
  /** Context to put into the message, so that the consumer's span is below this `send`. */
  carrier: Carrier;
  /** Runs `publish` inside the span, so that its Redis commands are below it. */
  run<T>(publish: () => T): T;
  /** Ends the span, with status ERROR if given an error. */
  end(error?: unknown): void;
  /** Counts a failure without a span: for repeated failures. */
  discard(error: unknown): void;
}

/** The active context as text, for database columns. */
export function captureContext(): Carrier {
  return carrierOf(context.active());
}

/**
 * Begins a PRODUCER span `send <queue>` below the context that was captured when the message was created, possibly long
 * ago and in another process.
 * @param attempt number of this publication of the message; an attribute from 2 on.
 */
export function startSend(message: MessageFacts, captured: Carrier, attempt: number): Send {
  const began = performance.now();
  const parent = storedContextOf(captured);
  const attributes = {
    ...messageAttributes(message, 'send'),
    ...(attempt > 1 ? { [ATTR_OUTBOX_ATTEMPT]: attempt } : {}),
  };
  const span = tracer.startSpan(`send ${message.queue}`, { kind: SpanKind.PRODUCER, attributes }, parent);
  const here = trace.setSpan(parent, span);
  const count = (error: unknown) => countSend(message, began, error);
  return {
    carrier: carrierOf(here),
    run: (publish) => context.with(here, publish),
    end(error) {
      if (error !== undefined) markThrown(span, error, 'send');
      span.end();
      count(error);
    },
    // A span that never ends is never exported.
    discard: count,
  };
}

/** Records on the last attempt's span that the message becomes a dead letter. @param reason of low cardinality. */
export function noteDeadLetter(reason: string): void {
  trace.getActiveSpan()?.addEvent(EVENT_MESSAGE_DEAD_LETTERED, { [ATTR_DEAD_LETTER_REASON]: reason });
}

/** Runs `work` in a captured context, so that its spans are below a span that may have ended long ago. */
export function inContext<T>(captured: Carrier, work: () => T): T {
  return context.with(storedContextOf(captured), work);
}

/** One attempt at one job. */
export interface Attempt {
  /** 1 for the first. */
  number: number;
  /**
   * Milliseconds the job waited in the queue before this attempt, from the producer's clock to this host's: negative if
   * the former is ahead.
   */
  waitMs: number;
}

/**
 * Runs `work` in a CONSUMER span `process <queue>`, one per attempt. Errors of `work` are recorded and rethrown, so that
 * the queue retries. A redriven message also links to its failed attempt, whatever the relation to the producer.
 */
export async function traceProcess<T>(
  message: MessageFacts,
  received: Received,
  attempt: Attempt,
  relation: QueueTrace,
  work: () => Promise<T>,
): Promise<T> {
  const producer = contextOf(received.carrier);
  const producerSpan = trace.getSpanContext(producer);
  const links: Link[] = producerSpan && relation !== 'parent' ? [{ context: producerSpan }] : [];
  const failed = trace.getSpanContext(contextOf({ traceparent: received.failedTraceparent ?? '' }));
  if (failed) links.push({ context: failed, attributes: { [ATTR_LINK_REASON]: 'redrive' } });
  // A consumer with its own trace still gets the baggage: it belongs to the message, not to the trace.
  const parent = relation === 'link' ? trace.deleteSpan(producer) : producer;
  const attributes = {
    ...messageAttributes(message, 'process'),
    ...baggageAttributes(producer),
    [ATTR_JOB_ATTEMPT]: attempt.number,
    [ATTR_QUEUE_WAIT_MS]: attempt.waitMs,
  };
  const began = performance.now();
  const span = tracer.startSpan(`process ${message.queue}`, { kind: SpanKind.CONSUMER, attributes, links }, parent);
  span.addEvent(EVENT_MESSAGE_RECEIVED);
  const here = trace.setSpan(parent, span);
  try {
    const result = await context.with(here, work);
    countAttempt(here, message, attempt, began);
    return result;
  } catch (error) {
    markThrown(span, error, 'process');
    countAttempt(here, message, attempt, began, error);
    throw error;
  } finally {
    span.end();
  }
}

function countSend(message: MessageFacts, began: number, error: unknown): void {
  const { metrics } = telemetryState;
  if (!metrics) return;
  const attributes = operationAttributes(message, 'send', error);
  metrics.sentMessages.add(1, attributes);
  metrics.sendDuration.record(secondsSince(began), { ...attributes, [ATTR_MESSAGING_OPERATION_TYPE]: 'send' });
}

function countAttempt(here: Context, message: MessageFacts, attempt: Attempt, began: number, error?: unknown): void {
  const { metrics } = telemetryState;
  if (!metrics) return;
  const queue = queueAttributes(message.queue);
  metrics.consumedMessages.add(1, operationAttributes(message, 'process', undefined));
  metrics.processDuration.record(secondsSince(began), operationAttributes(message, 'process', error), here);
  // A negative wait is clock skew, which a histogram cannot hold.
  if (attempt.waitMs >= 0) metrics.queueWait.record(attempt.waitMs / 1_000, queue, here);
  const number = Math.min(attempt.number, MAX_ATTEMPT_NUMBER);
  metrics.jobAttempts.add(1, { ...queue, [ATTR_JOB_ATTEMPT]: number, ...errorAttributes(error) });
}

function operationAttributes({ queue }: MessageFacts, operation: 'send' | 'process', error: unknown): Attributes {
  return { ...queueAttributes(queue), [ATTR_MESSAGING_OPERATION_NAME]: operation, ...errorAttributes(error) };
}

function errorAttributes(error: unknown): Attributes {
  return error === undefined ? {} : { [ATTR_ERROR_TYPE]: errorTypeOf(error) };
}

function messageAttributes(message: MessageFacts, operation: 'send' | 'process'): Attributes {
  return {
    [ATTR_MESSAGING_SYSTEM]: MESSAGING_SYSTEM_BULLMQ,
    [ATTR_MESSAGING_OPERATION_NAME]: operation,
    [ATTR_MESSAGING_OPERATION_TYPE]: operation,
    [ATTR_MESSAGING_DESTINATION_NAME]: message.queue,
    [ATTR_MESSAGING_MESSAGE_ID]: message.id,
    [ATTR_MESSAGING_MESSAGE_CONVERSATION_ID]: message.conversationId,
  };
}
