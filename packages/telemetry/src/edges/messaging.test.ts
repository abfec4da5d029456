import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { insideOfASpan, startSdk } from '../../test/sdk.ts';
import { captureContext, inContext, noteDeadLetter, startSend, traceProcess } from './messaging.ts';
import { annotate, detached } from './spans.ts';

const sdk = startSdk();
const message = { queue: 'cleaning', id: '0198c5f0-0000-7000-8000-000000000001', conversationId: 'bookings/42' };
const firstAttempt = { number: 1, waitMs: 12 };
const caller = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
const failed = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
const received = { traceparent: `00-${caller.traceId}-${caller.spanId}-01`, tracestate: 'vendor=1' };

const only = (kind: SpanKind) => {
  const [span, ...others] = sdk.spans().filter((one) => one.kind === kind);
  expect(others).toEqual([]);
  if (!span) throw new Error('there is no such span');
  return span;
};

describe('sending', () => {
  it('is a PRODUCER span below the request that created the message, however long ago', async () => {
    const { parent, result: captured } = await insideOfASpan(captureContext);
    startSend(message, captured, 0).end();
    const span = only(SpanKind.PRODUCER);
    expect(span.name).toBe('send cleaning');
    expect(span.parentSpanContext).toMatchObject({ traceId: parent.traceId, spanId: parent.spanId });
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
    expect(span.attributes).toEqual({
      'messaging.system': 'bullmq',
      'messaging.operation.name': 'send',
      'messaging.operation.type': 'send',
      'messaging.destination.name': 'cleaning',
      'messaging.message.id': message.id,
      'messaging.message.conversation_id': 'bookings/42',
    });
  });

  it("puts the send's context into the message, with the request's tracestate and baggage", () => {
    const send = startSend(message, { ...received, baggage: 'channel=web' }, 0);
    send.end();
    const { spanId } = only(SpanKind.PRODUCER).spanContext();
    expect(send.carrier).toEqual({
      traceparent: `00-${caller.traceId}-${spanId}-01`,
      tracestate: 'vendor=1',
      baggage: 'channel=web',
    });
  });

  it.each([
    [0, undefined],
    [1, undefined],
    [2, 2],
    [3, 3],
  ])('with attempt %i records it only if the message is sent again', (attempt, expected) => {
    startSend(message, received, attempt).end();
    expect(only(SpanKind.PRODUCER).attributes['hotel.outbox.attempt']).toBe(expected);
  });

  it("has the queue's commands below it", () => {
    const send = startSend(message, received, 0);
    expect(send.run(() => trace.getActiveSpan()?.spanContext().traceId)).toBe(caller.traceId);
    expect(trace.getActiveSpan()).toBeUndefined();
    send.end();
  });

  it('that fails is an ERROR with the exception', () => {
    startSend(message, received, 0).end(Object.assign(new Error('Connection is closed.'), { code: 'ECONNRESET' }));
    const span = only(SpanKind.PRODUCER);
    expect(span.status.code).toBe(SpanStatusCode.ERROR);
    expect(span.attributes['error.type']).toBe('ECONNRESET');
    expect(span.events).toMatchObject([{ name: 'exception' }]);
  });

  it('is below a local span', async () => {
    startSend(message, received, 0).end();
    expect(only(SpanKind.PRODUCER).parentSpanContext?.isRemote).toBe(false);
  });

  it('begins a trace for a message without a request', () => {
    startSend(message, {}, 0).end();
    expect(only(SpanKind.PRODUCER).parentSpanContext).toBeUndefined();
  });
});

describe('processing', () => {
  it('is a CONSUMER span with the attempt, the wait and an event for the received message', async () => {
    expect(await traceProcess(message, { carrier: received }, firstAttempt, 'both', async () => 'done')).toBe('done');
    const span = only(SpanKind.CONSUMER);
    expect(span.name).toBe('process cleaning');
    expect(span.attributes).toEqual({
      'messaging.system': 'bullmq',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.destination.name': 'cleaning',
      'messaging.message.id': message.id,
      'messaging.message.conversation_id': 'bookings/42',
      'hotel.job.attempt': 1,
      'hotel.queue.wait_ms': 12,
    });
    expect(span.events.map(({ name, attributes = {} }) => ({ name, attributes }))).toEqual([
      { name: 'message.received', attributes: {} },
    ]);
  });

  it.each([
    ['parent', true, []],
    ['both', true, [caller]],
    ['link', false, [caller]],
  ] as const)('relates to the producer as %s', async (relation, isBelow, links) => {
    await traceProcess(message, { carrier: received }, firstAttempt, relation, async () => {});
    const span = only(SpanKind.CONSUMER);
    expect(span.parentSpanContext?.spanId).toBe(isBelow ? caller.spanId : undefined);
    expect(span.spanContext().traceId === caller.traceId).toBe(isBelow);
    expect(span.links.map(({ context: { traceId, spanId } }) => ({ traceId, spanId }))).toEqual(links);
    // The producer's trace is not random; a trace that begins here is, regardless of its links.
    expect(span.spanContext().traceFlags).toBe(isBelow ? 1 : 3);
    expect(span.links.map(({ context }) => [context.traceFlags, context.isRemote])).toEqual(links.map(() => [1, true]));
    if (isBelow) expect(span.parentSpanContext?.isRemote).toBe(true);
  });

  it('records a negative wait, caused by the clocks of two hosts, unchanged', async () => {
    await traceProcess(message, { carrier: received }, { number: 1, waitMs: -500 }, 'both', async () => {});
    expect(only(SpanKind.CONSUMER).attributes['hotel.queue.wait_ms']).toBe(-500);
  });

  it.each(['parent', 'both', 'link'] as const)("as %s keeps the message's baggage", async (relation) => {
    const carried = { ...received, baggage: 'channel=web,name=miller' };
    const baggage = await traceProcess(message, { carrier: carried }, firstAttempt, relation, async () =>
      propagation.getBaggage(context.active())?.getEntry('name'),
    );
    expect(baggage?.value).toBe('miller');
    expect(only(SpanKind.CONSUMER).attributes).toMatchObject({ 'hotel.baggage.channel': 'web' });
    expect(JSON.stringify(only(SpanKind.CONSUMER).attributes)).not.toContain('miller');
  });

  it('of a message without a trace begins one without links', async () => {
    await traceProcess(
      { ...message, conversationId: undefined },
      { carrier: {} },
      firstAttempt,
      'both',
      async () => {},
    );
    const span = only(SpanKind.CONSUMER);
    expect(span.parentSpanContext).toBeUndefined();
    expect(span.links).toEqual([]);
    expect(span.attributes).not.toHaveProperty('messaging.message.conversation_id');
  });

  it('that fails is an ERROR with the exception, which is rethrown to the queue', async () => {
    const work = traceProcess(message, { carrier: received }, { number: 3, waitMs: 0 }, 'both', async () => {
      throw new RangeError('no such room');
    });
    await expect(work).rejects.toThrow(RangeError);
    const span = only(SpanKind.CONSUMER);
    expect(span.status.code).toBe(SpanStatusCode.ERROR);
    expect(span.attributes).toMatchObject({ 'error.type': 'RangeError', 'hotel.job.attempt': 3 });
    expect(span.events.map(({ name }) => name)).toEqual(['message.received', 'exception']);
  });

  it.each([
    ['parent', [failed]],
    ['both', [caller, failed]],
    ['link', [caller, failed]],
  ] as const)('of a redriven message, as %s, links to the failed attempt with a reason', async (relation, links) => {
    const failedTraceparent = `00-${failed.traceId}-${failed.spanId}-01`;
    await traceProcess(message, { carrier: received, failedTraceparent }, firstAttempt, relation, async () => {});
    const span = only(SpanKind.CONSUMER);
    expect(span.links).toMatchObject(links.map((context) => ({ context })));
    expect(span.links.map(({ attributes }) => attributes?.['hotel.link.reason'])).toEqual(
      links.map((context) => (context === failed ? 'redrive' : undefined)),
    );
  });

  it('records an event when the message becomes a dead letter', async () => {
    await traceProcess(message, { carrier: received }, firstAttempt, 'both', async () => noteDeadLetter('not_valid'));
    expect(only(SpanKind.CONSUMER).events.at(-1)).toMatchObject({
      name: 'message.dead_lettered',
      attributes: { 'hotel.dead_letter.reason': 'not_valid' },
    });
  });

  it('is the span that the work annotates', async () => {
    await traceProcess(message, { carrier: received }, firstAttempt, 'both', async () => {
      await new Promise(setImmediate);
      annotate({ 'hotel.room.number': '101' });
    });
    expect(only(SpanKind.CONSUMER).attributes['hotel.room.number']).toBe('101');
  });
});

it('detached work belongs to no trace, later work does again', async () => {
  const { parent, result } = await insideOfASpan(() => [
    detached(() => trace.getActiveSpan()),
    trace.getActiveSpan()?.spanContext().spanId,
  ]);
  expect(result).toEqual([undefined, parent.spanId]);
});

it('work in a captured context is below its span', async () => {
  const { parent, result: captured } = await insideOfASpan(captureContext);
  const active = await inContext(captured, async () => {
    await new Promise(setImmediate);
    return trace.getActiveSpan()?.spanContext();
  });
  expect(active).toMatchObject({ traceId: parent.traceId, spanId: parent.spanId });
});
