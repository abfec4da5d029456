import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Span, type TracedSystem, waitForTrace } from '@hotel/trace-test';
import { hotel } from 'dev/system';
import { runTrace } from 'dev/test/trace';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cutAtQueue, promises } from '../containers/target.ts';
import { ask, book, insistOnTrace, ofKind, waitUntilPlanned } from './harness/hotel.ts';
import { borrowHotel } from './harness/lent.ts';
import type { ServiceProxy } from './harness/proxy.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const page = readFileSync(`${root}docs/queue-traces.md`, 'utf8');
/** The picture with this name in the page. */
const picture = (name: string) => new RegExp(`<!-- trace: ${name} .*-->\\n\`\`\`\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1];
const stayIn = (room_id: number) => ({ room_id, start: '2093-02-04', end: '2093-02-06' });

let traced: TracedSystem;
let toDispo: ServiceProxy;
borrowHotel((hotel) => {
  ({ traced, toDispo } = hotel);
});
afterAll(() => traced.system.restart('cleaning-worker'));

/** `pnpm trace ID --no-times` */
const printed = async (id: string) =>
  (await runTrace([id, '--no-times'], { JAEGER_QUERY_URL: traced.url('VIEWER_PORT') })).out;

/** A planned booking, and the trace that its `Link` header names. */
async function bookAndPlan(room: number) {
  const { booking, traceId } = await book(traced, stayIn(room));
  await waitUntilPlanned(traced, booking.id);
  const { headers } = await ask(traced, 'GET', `/api/v1/bookings/${booking.id}`);
  const [, url = '', planned = ''] =
    /^<(http:.*\/trace\/([0-9a-f]{32}))>; rel="trace"$/.exec(headers.get('link') ?? '') ?? [];
  return { booking, traceId, url, planned };
}

const consumerOf = (spans: Span[]) => ofKind(spans, 'CONSUMER')[0];
const producerOf = (spans: Span[]) => ofKind(spans, 'PRODUCER')[0];

describe.each([
  // The default, with which the hotel runs.
  ['both', 2],
  ['parent', 1],
] as const)('HOTEL_QUEUE_TRACE=%s', (mode, room) => {
  beforeAll(async () => {
    if (mode !== 'both') await traced.system.restart('cleaning-worker', { HOTEL_QUEUE_TRACE: mode });
  });

  it(`is one trace, ${mode === 'parent' ? 'without a link' : 'with a link to the send'}`, async () => {
    const { traceId, planned } = await bookAndPlan(room);
    await insistOnTrace(traced, traceId, hotel.expectedTraces.booking);
    expect(planned).toBe(traceId);
    for (const source of [traced.sink, traced.query]) {
      const spans = await source.trace(traceId);
      const send = producerOf(spans);
      expect(consumerOf(spans)?.parentSpanId).toBe(send?.spanId);
      const links = mode === 'parent' ? [] : [{ traceId, spanId: send?.spanId, attributes: {} }];
      expect(consumerOf(spans)?.links).toMatchObject(links);
    }
    expect(await printed(traceId)).toBe(picture(mode));
  });
});

describe('HOTEL_QUEUE_TRACE=link', () => {
  beforeAll(() => traced.system.restart('cleaning-worker', { HOTEL_QUEUE_TRACE: 'link' }));

  it.each(promises)('keeps the guarantees of `pnpm test:target`: $name', ({ keep }) =>
    keep({
      dispo: traced.url('DISPO_PORT'),
      cleaning: traced.url('CLEANING_PORT'),
      query: traced.url('VIEWER_PORT'),
    }),
  );

  it('is two traces that lead to each other in both directions', async () => {
    const { booking, traceId, planned, url } = await bookAndPlan(3);
    expect(planned).not.toBe(traceId);
    const { request, processing } = cutAtQueue(hotel.expectedTraces.booking);
    await insistOnTrace(traced, traceId, request);
    await insistOnTrace(traced, planned, processing);
    for (const source of [traced.sink, traced.query]) {
      const send = producerOf(await source.trace(traceId));
      const consumer = consumerOf(await source.trace(planned));
      expect(consumer?.parentSpanId).toBeUndefined();
      expect(consumer?.links).toMatchObject([{ traceId, spanId: send?.spanId }]);
      expect(consumer?.attributes['messaging.message.conversation_id']).toBe(`bookings/${booking.id}`);
    }
    // The header points to a page.
    const shown = await fetch(url);
    expect({ status: shown.status, type: shown.headers.get('content-type') }).toMatchObject({
      status: 200,
      type: expect.stringContaining('text/html'),
    });

    expect(await printed(traceId)).toBe(picture('link'));
    const fromThere = await printed(planned);
    expect(fromThere).toMatch(/^CONSUMER process cleaning/);
    expect(fromThere).toMatch(/\n\nThe trace above links to this one:\n\nSERVER {3}POST \/api\/v1\/bookings /);
  });

  it('a retry is a separate trace as well, and each is found', async () => {
    toDispo.failNext(2);
    const { booking, traceId } = await book(traced, stayIn(4));
    const failed = (spans: readonly Span[]) =>
      spans.filter(({ links, status }) => status.code === 'ERROR' && links.some((link) => link.traceId === traceId));
    await traced.sink.waitFor((spans) => failed(spans).length > 1, { what: 'two attempts to fail' });
    await waitUntilPlanned(traced, booking.id);
    const traces = new Set(failed(traced.sink.spans()).map((span) => span.traceId));
    expect(traces.size).toBeGreaterThan(1);
    expect(traces.has(traceId)).toBe(false);
    const spans = await waitForTrace(traced.query, [...traces][0] ?? '', {
      until: (all) => consumerOf(all) !== undefined,
    });
    expect(consumerOf(spans)?.parentSpanId).toBeUndefined();
    expect((await printed(traceId)).match(/This one links to the trace above/g)?.length).toBeGreaterThan(2);
  });

  it('a booking that is not planned yet names no trace', async () => {
    toDispo.holdNext(Number.POSITIVE_INFINITY);
    const { booking } = await book(traced, stayIn(5));
    const { headers } = await ask(traced, 'GET', `/api/v1/bookings/${booking.id}`);
    toDispo.release();
    expect(headers.get('link')).toBeNull();
    await waitUntilPlanned(traced, booking.id);
  });
});
