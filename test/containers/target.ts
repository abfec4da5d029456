import { setTimeout as sleep } from 'node:timers/promises';
import {
  createQueryClient,
  createTempoClient,
  expectTrace,
  httpJson,
  matchTrace,
  type SpanShape,
} from '@hotel/trace-test';
import { hotel } from 'dev/system';

/** Public addresses of a running hotel. */
export interface Target {
  dispo: string;
  cleaning: string;
  /** Jaeger's or the viewer's. */
  query: string;
  /** Tempo's; used instead if given. */
  tempo?: string | undefined;
}

export interface Booked {
  id: number;
  room_id: number;
  start: string;
  end: string;
  traceId: string;
}

const DAY_MS = 86_400_000;
const TRACE_TIMEOUT_MS = 15_000;
/** Two export intervals: spans that have not arrived by then are lost. */
const SETTLE_MS = 500;
const POLL_MS = 100;
const RECENT_MS = 120_000;

const dateOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** Two nights in the far future, since the target may be in use. */
function someStay(): { start: string; end: string } {
  const start = Date.UTC(2030, 0, 1) + Math.floor(Math.random() * 20_000) * DAY_MS;
  return { start: dateOf(start), end: dateOf(start + 2 * DAY_MS) };
}

/** Books a free room, and asserts success. */
export async function bookSomeRoom({ dispo }: Target): Promise<Booked> {
  const { start, end } = someStay();
  const free = await httpJson<Array<{ id: number }>>(`${dispo}/api/v1/rooms/free?start=${start}&end=${end}`);
  const body = { room_id: free.body[0]?.id, start, end };
  const answer = await httpJson<Booked>(`${dispo}/api/v1/bookings`, { method: 'POST', body });
  if (answer.status !== 201 || answer.traceId === undefined) {
    throw new Error(`the booking got ${answer.status}: ${JSON.stringify(answer.body)}`);
  }
  return { ...answer.body, traceId: answer.traceId };
}

/** Splits a trace at the queue: with `HOTEL_QUEUE_TRACE=link` it is two. */
export function cutAtQueue(shape: SpanShape): { request: SpanShape; processing: SpanShape } {
  const send = shape.children?.at(-1);
  const processing = send?.children?.[0];
  if (!send || !processing) throw new Error('the last child of this trace is not a processed `send`');
  const { children: _, ...sendAlone } = send;
  return { request: { ...shape, children: [...(shape.children ?? []).slice(0, -1), sendAlone] }, processing };
}

/** Asserts that a trace gets exactly this shape, as one trace or as two linked ones, depending on the target's queue mode. */
async function insistOnTrace({ query, tempo }: Target, traceId: string, shape: SpanShape): Promise<void> {
  const client = tempo ? createTempoClient(tempo) : createQueryClient(query);
  const { request, processing } = cutAtQueue(shape);
  const isLinked = async () => {
    const now = Date.now();
    const search = { service: processing.service, startMs: now - RECENT_MS, endMs: now + RECENT_MS, limit: 100 };
    const traces = await client.search({ ...search, operation: 'process cleaning' });
    return traces.some(
      (spans) =>
        spans.some(({ links }) => links.some((link) => link.traceId === traceId)) &&
        matchTrace(spans, processing).length === 0,
    );
  };
  const isComplete = async () => {
    const spans = await client.trace(traceId);
    if (matchTrace(spans, shape).length === 0) return true;
    return matchTrace(spans, request).length === 0 && (await isLinked());
  };
  const giveUpAt = Date.now() + TRACE_TIMEOUT_MS;
  while (!(await isComplete()) && Date.now() < giveUpAt) await sleep(POLL_MS);
  await sleep(SETTLE_MS);
  if (!(await isComplete())) expectTrace(await client.trace(traceId), shape);
}

/** Guarantees of the hotel on any platform; each throws if it does not hold. */
export const promises: Array<{ name: string; keep(target: Target): Promise<void> }> = [
  {
    name: 'a booking is one trace, from the request to the callback',
    async keep(target) {
      const { traceId } = await bookSomeRoom(target);
      await insistOnTrace(target, traceId, hotel.expectedTraces.booking);
    },
  },
  {
    name: 'a booking appears in the cleaning plan',
    async keep(target) {
      const { start, end, traceId } = await bookSomeRoom(target);
      await insistOnTrace(target, traceId, hotel.expectedTraces.booking);
      const { body } = await httpJson<Array<{ day: string; final: number }>>(
        `${target.cleaning}/api/v1/days?start=${start}&end=${end}`,
      );
      if (!body.some(({ day, final }) => day === end && final === 1)) {
        throw new Error(`no final clean on ${end} in ${JSON.stringify(body)}`);
      }
    },
  },
  {
    name: 'a change and a cancellation have their own traces',
    async keep(target) {
      const { id, traceId } = await bookSomeRoom(target);
      await insistOnTrace(target, traceId, hotel.expectedTraces.booking);
      const url = `${target.dispo}/api/v1/bookings/${id}`;
      const { start } = someStay();
      const end = dateOf(Date.parse(start) + DAY_MS);
      const changed = await httpJson(url, { method: 'PATCH', body: { start, end } });
      await insistOnTrace(target, changed.traceId ?? '', hotel.expectedTraces.change);
      const cancelled = await httpJson(url, { method: 'DELETE' });
      await insistOnTrace(target, cancelled.traceId ?? '', hotel.expectedTraces.cancellation);
    },
  },
];
