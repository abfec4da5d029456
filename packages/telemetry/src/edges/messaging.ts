import { type Attributes, context, type Link, SpanKind, trace } from '@opentelemetry/api';
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

/** What a metric can tell apart; a job that crashes its workers may be tried more often. */
const MAX_ATTEMPT_NUMBER = 10;

/** How a consumer's span relates to the producer's: below it, linked to it, or both. */
export type QueueTrace = 'parent' | 'link' | 'both';

/** What both sides of a queue say of a message. */
export interface MessageFacts {
  /** The queue's name. */
  queue: string;
  /** The event's id; BullMQ's job id as well. */
  id: string;
  /** What the messages about one thing have in common: `bookings/42`. Undefined for a message that does not say. */
  conversationId: string | undefined;
}

/** What a message brings along. */
export interface Received {
  /** The context of its `send`. */
  carrier: Carrier;
  /** W3C traceparent of the attempt that failed, when this is another try after that one was given up. */
  failedTraceparent?: string | undefined;
}

/** A `send` span that has begun. */
export interface Send {
  /** Goes into the message: the consumer's span will be below this `send`. */
  carrier: Carrier;
  /** Runs `publish` inside of the span, so that its Redis commands stand below it. */
  run<T>(publish: () => T): T;
  /** Ends the span; with an error, as failed. */
  end(error?: unknown): void;
  /** Counts a failure and leaves no span: for one of many that would tell nothing new. */
  discard(error: unknown): void;
}

/** The context of what is going on, as text for a database column. */
export function captureContext(): Carrier {
  return carrierOf(context.active());
}

/**
 * Begins a PRODUCER span `send <queue>` below the context that was captured when the message came to be, which may be
 * long ago and in another process.
 * @param attempt how many times the message is published with this one; from 2 on it becomes an attribute.
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
      if (error !== undefined) markThrown(span, error);
      span.end();
      count(error);
    },
    // A span that never ends is never exported.
    discard: count,
  };
}

/** Says on the span of a last attempt that its message goes to the dead letters. @param reason one of a few words. */
export function noteDeadLetter(reason: string): void {
  trace.getActiveSpan()?.addEvent(EVENT_MESSAGE_DEAD_LETTERED, { [ATTR_DEAD_LETTER_REASON]: reason });
}

/** Runs `work` in a context that was captured before, so that its spans stand below a span that may have ended long ago. */
export function inContext<T>(captured: Carrier, work: () => T): T {
  return context.with(storedContextOf(captured), work);
}

/** One attempt at one job. */
export interface Attempt {
  /** 1 for the first. */
  number: number;
  /**
   * Milliseconds that the job lay in the queue before this attempt. The producer's clock says when it came there and this host's when
   * it was taken: negative where the former is ahead.
   */
  waitMs: number;
}

/**
 * Runs `work` in a CONSUMER span `process <queue>`, one for each attempt. What `work` throws is recorded and thrown
 * on, so that the queue tries again. Whatever the relation to the producer, a redriven message links to its failed attempt.
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
  // In a trace of its own the consumer still gets the baggage: it belongs to the message, not to the trace.
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
  try {
    const result = await context.with(trace.setSpan(parent, span), work);
    countAttempt(message, attempt, began);
    return result;
  } catch (error) {
    markThrown(span, error);
    countAttempt(message, attempt, began, error);
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

function countAttempt(message: MessageFacts, attempt: Attempt, began: number, error?: unknown): void {
  const { metrics } = telemetryState;
  if (!metrics) return;
  const queue = queueAttributes(message.queue);
  metrics.consumedMessages.add(1, operationAttributes(message, 'process', undefined));
  metrics.processDuration.record(secondsSince(began), operationAttributes(message, 'process', error));
  // A wait that is negative is the difference of two clocks, which a histogram cannot show.
  if (attempt.waitMs >= 0) metrics.queueWait.record(attempt.waitMs / 1_000, queue);
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
