import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Span, TracedSystem } from '@hotel/trace-test';
import { hotel } from 'dev/system';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { book, insistOnTrace, startHotel, waitUntilPlanned } from '../e2e/harness/hotel.ts';
import { CALLER_SPAN, CALLER_TRACE, hostileContexts, PLANTED } from './contexts.ts';

/** All attributes that a SERVER span of dispo may have. */
const ALLOWED = new Set([
  ...['http.request.method', 'http.route', 'http.response.status_code', 'url.path', 'url.scheme'],
  ...['network.protocol.version', 'server.address', 'server.port', 'client.address', 'user_agent.original'],
  'hotel.room.number',
  'hotel.booking.revision',
  'hotel.baggage.channel',
]);

let traced: TracedSystem;
beforeAll(async () => {
  traced = await startHotel({ env: { HOTEL_TRACE_EDGE: 'restart' } });
});
afterAll(() => traced?.stop());

/** Does not use `fetch`, which rejects some of these headers. Names and values alternate. */
function send(
  method: string,
  path: string,
  headers: string[],
  body = '',
): Promise<{ status: number; traceresponse: string; body: string }> {
  const { DISPO_PORT: port } = traced.ports;
  const own = ['host', 'a', 'content-type', 'application/json', 'content-length', String(Buffer.byteLength(body))];
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { host: '127.0.0.1', port, agent: false, method, path, headers: [...own, ...headers] },
      async (answer) => {
        const { statusCode: status = 0, headers } = answer;
        resolve({ status, traceresponse: String(headers.traceresponse), body: await text(answer) });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Reads and books with each context; each `year` avoids the dates of other calls. */
async function sendAll(year: number) {
  const answers = [];
  for (const [i, [what, headers]] of hostileContexts.entries()) {
    const day = (nights: number) => new Date(Date.UTC(year, 0, 1 + i + nights)).toISOString().slice(0, 10);
    const read = await send('GET', '/api/v1/rooms/1', headers);
    const booked = await send(
      'POST',
      '/api/v1/bookings',
      headers,
      JSON.stringify({ room_id: 1, start: day(0), end: day(1) }),
    );
    answers.push({ what, read, booked, id: (JSON.parse(booked.body) as { id: number }).id });
  }
  return answers;
}

const traceIdOf = (traceresponse: string) => traceresponse.split('-')[1] ?? '';
const isServer = ({ kind, service }: Span) => kind === 'SERVER' && service === 'dispo';

function strangeAttributes(spans: Span[]): string[] {
  return spans.filter(isServer).flatMap(({ attributes }) => Object.keys(attributes).filter((key) => !ALLOWED.has(key)));
}

describe('with HOTEL_TRACE_EDGE=restart', () => {
  it.each([
    ['-01', 'cannot choose'],
    ['-00', 'cannot hide from'],
  ])(
    'a caller with %s %s the trace: a new one begins, linked to the caller, without its tracestate and baggage',
    async (flags) => {
      const { traceId } = await book(
        traced,
        {
          room_id: 1,
          start: flags === '-01' ? '2027-01-01' : '2027-01-05',
          end: flags === '-01' ? '2027-01-02' : '2027-01-06',
        },
        {
          traceparent: `00-${CALLER_TRACE}-${CALLER_SPAN}${flags}`,
          tracestate: 'planted=1',
          baggage: 'channel=planted',
        },
      );
      expect(traceId).not.toBe(CALLER_TRACE);
      const spans = await insistOnTrace(traced, traceId, hotel.expectedTraces.booking);
      const root = spans.find(({ parentSpanId }) => parentSpanId === undefined);
      expect(root?.links).toMatchObject([{ traceId: CALLER_TRACE, spanId: CALLER_SPAN }]);
      expect(spans.filter(({ traceState }) => traceState)).toEqual([]);
      expect(spans.filter(({ attributes }) => 'hotel.baggage.channel' in attributes)).toEqual([]);
      expect(traced.sink.rawBytes().includes('planted')).toBe(false);
    },
  );

  it('the internal listener still continues the trace of its caller', async () => {
    const answer = await fetch(`${traced.url('CLEANING_INTERNAL_PORT')}/internal/v1/rooms/1/state`, {
      headers: { traceparent: `00-${CALLER_TRACE}-${CALLER_SPAN}-01` },
    });
    expect(answer.headers.get('traceresponse')).toContain(CALLER_TRACE);
  });

  it('no context of a caller changes a response, chooses a trace, hides a request or injects anything', async () => {
    const answers = await sendAll(2031);
    expect(answers.filter(({ read, booked }) => read.status !== 200 || booked.status !== 201)).toEqual([]);
    const ids = answers.flatMap(({ read, booked }) =>
      [read, booked].map(({ traceresponse }) => traceIdOf(traceresponse)),
    );
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).not.toContain(CALLER_TRACE);
    for (const { read, booked } of answers) {
      for (const { traceresponse } of [read, booked])
        expect(traceresponse).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-03$/);
    }
    const last = answers.at(-1);
    await waitUntilPlanned(traced, last?.id ?? 0, 60_000);
    await insistOnTrace(traced, traceIdOf(last?.booked.traceresponse ?? ''), hotel.expectedTraces.booking);
    const spans = await traced.sink.waitFor(
      (all) => new Set(all.filter(isServer).map(({ traceId }) => traceId)).isSupersetOf(new Set(ids)),
      { what: 'a SERVER span of every request' },
    );
    const roots = spans.filter(
      (span) => isServer(span) && ids.includes(span.traceId) && !span.name.includes('internal'),
    );
    expect(roots.filter(({ parentSpanId }) => parentSpanId !== undefined)).toEqual([]);
    expect(strangeAttributes(spans)).toEqual([]);
    expect(spans.filter(({ traceState }) => traceState)).toEqual([]);
    expect(traced.sink.rawBytes().includes(PLANTED)).toBe(false);
    expect(traced.sink.rawBytes().includes('hotel.baggage')).toBe(false);
  }, 240_000);

  it('a caller cannot force sampling: where nothing is sampled, neither are its requests', async () => {
    await traced.system.restart('dispo', { OTEL_TRACES_SAMPLER: 'parentbased_always_off' });
    traced.sink.clear();
    const headers = ['traceparent', `00-${CALLER_TRACE}-${CALLER_SPAN}-01`, 'tracestate', 'ot=th:0'];
    const body = JSON.stringify({ room_id: 2, start: '2031-01-01', end: '2031-01-02' });
    const { traceresponse, body: booked } = await send('POST', '/api/v1/bookings', headers, body);
    expect(traceresponse).toMatch(/-02$/);
    await waitUntilPlanned(traced, JSON.parse(booked).id);
    // A process sends its recorded spans at the latest on shutdown.
    await traced.system.restart('dispo', {
      HOTEL_TRACE_EDGE: 'continue',
      OTEL_TRACES_SAMPLER: 'parentbased_always_on',
    });
    expect(traced.sink.trace(traceIdOf(traceresponse))).toEqual([]);
    expect(traced.sink.trace(CALLER_TRACE)).toEqual([]);
  });
});

describe('with HOTEL_TRACE_EDGE=continue', () => {
  it('no context of a caller changes a response or becomes an attribute that is not allow-listed', async () => {
    traced.sink.clear();
    const answers = await sendAll(2032);
    expect(answers.filter(({ read, booked }) => read.status !== 200 || booked.status !== 201)).toEqual([]);
    await waitUntilPlanned(traced, answers.at(-1)?.id ?? 0, 60_000);
    // Most share the caller's trace, so the span distinguishes them.
    const sampled = answers
      .flatMap(({ read, booked }) => [read.traceresponse, booked.traceresponse])
      .filter((traceresponse) => /[13]$/.test(traceresponse))
      .map((traceresponse) => traceresponse.split('-')[2] ?? '');
    const last = sampled.at(-1);
    const ofWorker = (all: Span[]) => {
      const sends = all.filter(({ parentSpanId, kind }) => parentSpanId === last && kind === 'PRODUCER');
      return all.filter(({ parentSpanId }) => sends.some(({ spanId }) => spanId === parentSpanId));
    };
    const spans = await traced.sink.waitFor(
      (all) => new Set(all.map(({ spanId }) => spanId)).isSupersetOf(new Set(sampled)) && ofWorker(all).length > 0,
      { what: 'a SERVER span of every request, and a span of the worker for the last one' },
    );
    expect(strangeAttributes(spans)).toEqual([]);
    const recorded = JSON.stringify(
      spans.map(({ name, attributes, events, links, status }) => ({ name, attributes, events, links, status })),
      (_, value) => (typeof value === 'bigint' ? String(value) : value),
    );
    expect(recorded).not.toContain(PLANTED);
    const channels = spans
      .map(({ attributes }) => attributes['hotel.baggage.channel'])
      .filter((value) => value !== undefined);
    expect(channels.length).toBeGreaterThan(0);
    expect(channels.filter((value) => String(value).length > 128)).toEqual([]);
  }, 240_000);

  it('an invalid context starts a new trace, and a valid one is continued', async () => {
    const traceOf = async (value: string) =>
      traceIdOf((await send('GET', '/api/v1/rooms/1', ['traceparent', value])).traceresponse);
    for (const value of [
      `00-${CALLER_TRACE}-${CALLER_SPAN}-01`,
      `00-${CALLER_TRACE}-${CALLER_SPAN}-ff`,
      `cc-${CALLER_TRACE}-${CALLER_SPAN}-01-x`,
    ]) {
      expect(await traceOf(value)).toBe(CALLER_TRACE);
    }
    for (const value of [
      `ff-${CALLER_TRACE}-${CALLER_SPAN}-01`,
      `00-${CALLER_TRACE}-${CALLER_SPAN}-01-x`,
      `00-${'0'.repeat(32)}-${CALLER_SPAN}-01`,
    ]) {
      expect(await traceOf(value)).toMatch(/^[0-9a-f]{32}$/);
      expect(await traceOf(value)).not.toMatch(new RegExp(`^(${CALLER_TRACE}|0{32})$`));
    }
  });
});
