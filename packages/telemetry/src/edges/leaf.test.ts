import {
  context,
  createTraceState,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { expect, it } from 'vitest';
import { insideOfASpan, startSdk } from '../../test/sdk.ts';
import { LeafSpan } from '../otlp/leaf-span.ts';
import { endLeaf, failLeaf, LeafKind, startLeaf } from './leaf.ts';
import { moment } from './moment.ts';

const sdk = startSdk();
const find = () => new LeafKind('SELECT rooms', SpanKind.CLIENT, { 'db.query.text': 'SELECT 1' });

/** The content of a span as a backend sees it, without its own id. */
function contentOf(span: ReadableSpan | undefined) {
  if (!span) return undefined;
  const { traceId, traceFlags, traceState } = span.spanContext();
  return {
    traceId,
    traceFlags,
    traceState: traceState?.serialize() ?? '',
    parent: span.parentSpanContext,
    name: span.name,
    kind: span.kind,
    startTime: span.startTime,
    endTime: span.endTime,
    duration: span.duration,
    status: span.status,
    attributes: span.attributes,
    links: span.links,
    events: span.events.map(({ name, time, attributes }) => ({ name, time, attributes })),
    ended: span.ended,
    resource: span.resource,
    instrumentationScope: span.instrumentationScope,
    dropped: [span.droppedAttributesCount, span.droppedEventsCount, span.droppedLinksCount],
  };
}

const [began, ended] = [moment().time, moment().time];

/** The same leaf below `parent`, as an ordinary span and from a template. */
function bothBelow(parent: Partial<SpanContext>, record: () => void) {
  const remote: SpanContext = {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    traceFlags: 1,
    isRemote: true,
    ...parent,
  };
  const server = trace.getTracer('test').startSpan('server', {}, trace.setSpanContext(ROOT_CONTEXT, remote));
  return [false, true].map((useTemplates) => {
    sdk.useTemplates = useTemplates;
    const before = sdk.spans().length;
    context.with(trace.setSpan(ROOT_CONTEXT, server), record);
    return sdk.spans()[before];
  });
}

it.each<[string, Partial<SpanContext>]>([
  ['a sampled parent', {}],
  ['a parent with the random flag', { traceFlags: 3 }],
  ['a parent with a tracestate', { traceState: createTraceState('vendor=1,ot=th:0;rv:0123456789abcd') }],
])('below %s, a leaf from a template has the content of an ordinary span', (_what, parent) => {
  const kind = find();
  const [ofTracer, ofTemplate] = bothBelow(parent, () => {
    const leaf = startLeaf(kind, began);
    if (leaf) endLeaf(leaf, ended);
  });
  expect(ofTemplate).toBeInstanceOf(LeafSpan);
  expect(ofTracer).not.toBeInstanceOf(LeafSpan);
  expect(contentOf(ofTemplate)).toEqual(contentOf(ofTracer));
});

it('a leaf that fails is an ordinary span, with the exception within its time', () => {
  const kind = find();
  const [ofTracer, ofTemplate] = bothBelow({}, () => {
    const leaf = startLeaf(kind, began);
    if (leaf) failLeaf(kind, leaf, new TypeError('no room'), { 'db.response.status_code': '1' }, ended);
  });
  const [ordinaryEvent] = ofTracer?.events ?? [];
  const [event] = ofTemplate?.events ?? [];
  expect(event?.time).toEqual(ended);
  expect(event?.attributes).toMatchObject({ 'exception.type': 'TypeError', 'exception.message': 'no room' });
  expect(ordinaryEvent?.name).toBe('exception');
  const withoutEvents = (span: ReadableSpan | undefined) => ({ ...contentOf(span), events: [] });
  expect(withoutEvents(ofTemplate)).toEqual(withoutEvents(ofTracer));
});

it('each leaf has a span id of its own, in the form of all span ids', async () => {
  sdk.useTemplates = true;
  const kind = find();
  await insideOfASpan(() => {
    for (let i = 0; i < 500; i++) endLeaf(startLeaf(kind) as LeafSpan);
  });
  const ids = sdk.spans().flatMap((span) => (span instanceof LeafSpan ? [span.spanId] : []));
  expect(ids.filter((id) => /^[0-9a-f]{16}$/.test(id))).toHaveLength(500);
  expect(new Set(ids).size).toBe(500);
});

it('a leaf that ends before it begins, because the clock was set back, has no duration', async () => {
  sdk.useTemplates = true;
  await insideOfASpan(() => {
    const leaf = startLeaf(find(), [1_800_000_000, 5]);
    if (leaf) endLeaf(leaf, [1_799_999_999, 9]);
  });
  const leaf = sdk.spans().find((span) => span instanceof LeafSpan);
  expect(leaf).toMatchObject({ startTime: [1_800_000_000, 5], endTime: [1_800_000_000, 5], duration: [0, 0] });
});

it('the tracer makes the leaf of a parent that has ended or is remote, and none where tracing is suppressed', () => {
  sdk.useTemplates = true;
  const ended = trace.getTracer('test').startSpan('ended');
  ended.end();
  const remote = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: TraceFlags.SAMPLED, isRemote: true };
  const started = [
    trace.setSpan(ROOT_CONTEXT, ended),
    trace.setSpanContext(ROOT_CONTEXT, remote),
    suppressTracing(trace.setSpan(ROOT_CONTEXT, trace.getTracer('test').startSpan('suppressed'))),
  ].map((here) => context.with(here, () => startLeaf(find())));
  expect(started.map((leaf) => leaf instanceof LeafSpan)).toEqual([false, false, false]);
  expect(started.map((leaf) => leaf && 'isRecording' in leaf && leaf.isRecording())).toEqual([true, true, false]);
});

it('outside a trace and in an unsampled one there is no leaf', async () => {
  sdk.useTemplates = true;
  expect(startLeaf(find())).toBeUndefined();
  sdk.sampleNewTraces = false;
  await insideOfASpan(() => expect(startLeaf(find())).toBeUndefined());
});
