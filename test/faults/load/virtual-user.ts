import type { Findings } from '../verify/findings.ts';
import { type Client, createClient, type Reply } from './client.ts';
import { finishFinalClean } from './final-clean.ts';
import { cancelled, changed, checkedIn, checkedOut, describe, isSame, type Model, type Stay } from './model.ts';
import { isExpectedConflict, isUncertain } from './outcome.ts';
import type { Random } from './random.ts';
import { randomEnd, randomStay } from './stays.ts';

/** Status of the answer to a request that has been served before. */
const REPEATED = 200;
export interface VirtualUserDeps {
  dispoUrl: string;
  cleaningUrl: string;
  model: Model;
  findings: Findings;
  random: Random;
  roomIds: readonly number[];
  /** Whether requests may stay unanswered for longer than a client waits. */
  mayBeLate: boolean;
}

/** An acknowledged operation whose trace was sampled. */
export interface TracedOperation {
  what: string;
  traceId: string;
  /** Our span, its parent. */
  spanId: string;
}

/** A client that books, changes, cancels, checks in and out, one request at a time, and records what was acknowledged. */
export interface VirtualUser {
  /** Performs one operation, or resolves the outcome of an unanswered one. */
  step(): Promise<void>;
  /** True when the outcome of every operation is known. */
  isSettled(): boolean;
  readonly client: Client;
  readonly sampled: TracedOperation[];
  /** Unanswered operations that turned out to have succeeded. */
  readonly succeededUnanswered: string[];
}

export function createVirtualUser({
  dispoUrl,
  cleaningUrl,
  model,
  findings,
  random,
  roomIds,
  mayBeLate,
}: VirtualUserDeps): VirtualUser {
  const client = createClient(random.fork(), model.traceIds);
  const sampled: TracedOperation[] = [];
  const succeededUnanswered: string[] = [];
  const bookings = `${dispoUrl}/api/v1/bookings`;
  const booked: number[] = [];
  /** Bookings and, by key, booking requests whose outcome is unknown. */
  const uncertain = new Set<number>();
  const unanswered = new Map<string, Pick<Stay, 'room_id' | 'start' | 'end'>>();
  /** Keys of requests that a process may still serve. */
  const late = new Set<string>();
  let guest: number | undefined;
  let uncleaned: number | undefined;

  function check(what: string, reply: Reply): void {
    if (reply.kind === 'unknown' && reply.isTimeout && !mayBeLate)
      findings.wrong.push(`${what} was not answered in time`);
    if (reply.kind !== 'answered' || reply.status < 500) return;
    if (reply.status !== 503)
      findings.wrong.push(`${what} was answered ${reply.status}: ${JSON.stringify(reply.body)}`);
    else if (!/^\d+$/.test(reply.retryAfter ?? '')) findings.wrong.push(`${what} was answered 503 without Retry-After`);
  }

  function acknowledge(what: string, id: number, next: Stay, reply: Reply & { kind: 'answered' }): void {
    const returned = toStay(reply.body);
    if (!isSame(returned, next))
      findings.wrong.push(`${what} returned ${describe(returned)} instead of ${describe(next)}`);
    const isRevision = next.revision > (model.bookings.get(id)?.now.revision ?? 0);
    model.acknowledge(id, next);
    // A change without effect has no event, and so no trace beyond its request.
    // Nor has the answer to a repeated request.
    if (reply.isSampled && isRevision && reply.status !== REPEATED)
      sampled.push({ what, traceId: reply.traceId, spanId: reply.spanId });
  }

  async function create(key: string, stay: Pick<Stay, 'room_id' | 'start' | 'end'>): Promise<void> {
    const what = `POST with the key ${key}`;
    const reply = await client.ask('POST', bookings, { body: stay, headers: { 'idempotency-key': key } });
    check(what, reply);
    if (reply.kind === 'refused') return;
    if (isUncertain(reply)) {
      unanswered.set(key, stay);
      if (reply.kind === 'unknown' && reply.isTimeout) late.add(key);
      return;
    }
    if (reply.kind === 'unknown' || reply.status === 503) return;
    if (unanswered.delete(key) && reply.status === REPEATED) succeededUnanswered.push(what);
    if (reply.status === 201 || reply.status === REPEATED) {
      const { id } = reply.body as { id: number };
      acknowledge(what, id, { ...stay, status: 'booked', revision: 1 }, reply);
      booked.push(id);
    } else if (!isExpectedConflict(reply)) {
      findings.wrong.push(`${what} was answered ${reply.status}: ${JSON.stringify(reply.body)}`);
    } else if (late.has(key)) model.abandon(stay);
  }

  /** True when it was acknowledged. */
  async function write(id: number, next: Stay, method: string, path = '', body?: unknown): Promise<boolean> {
    const what = `${method} bookings/${id}${path}`;
    const reply = await client.ask(method, `${bookings}/${id}${path}`, body === undefined ? {} : { body });
    check(what, reply);
    if (reply.kind === 'answered' && reply.status === 200) {
      acknowledge(what, id, next, reply);
      return true;
    }
    if (isUncertain(reply)) {
      model.markUncertain(id, next);
      uncertain.add(id);
    } else if (reply.kind === 'answered' && reply.status < 500 && !isExpectedConflict(reply)) {
      findings.wrong.push(`${what} was answered ${reply.status}: ${JSON.stringify(reply.body)}`);
    }
    return false;
  }

  async function resolveOutcome(id: number): Promise<void> {
    const reply = await client.ask('GET', `${bookings}/${id}`);
    check(`GET bookings/${id}`, reply);
    if (reply.kind !== 'answered' || reply.status >= 500) return;
    uncertain.delete(id);
    if (reply.status !== 200) {
      findings.lost.push(`booking ${id} is gone: ${reply.status}`);
      return;
    }
    const before = stayOf(id).revision;
    const problem = model.resolve(id, toStay(reply.body));
    if (problem) findings.lost.push(problem);
    if (stayOf(id).revision > before) succeededUnanswered.push(`revision ${before + 1} of booking ${id}`);
    if (model.bookings.get(id)?.maybe) leave(id);
    else follow(id);
  }

  /** An operation may still take effect: nothing else happens to the booking until the end of the round. */
  function leave(id: number): void {
    const at = booked.indexOf(id);
    if (at >= 0) booked.splice(at, 1);
    if (guest === id) guest = undefined;
  }

  /** Continues from the resolved state of a booking. */
  function follow(id: number): void {
    const { status } = stayOf(id);
    if (status === 'booked') return;
    const at = booked.indexOf(id);
    if (at >= 0) booked.splice(at, 1);
    if (status === 'checked_in') guest = id;
    if (status === 'checked_out') {
      guest = undefined;
      uncleaned = id;
    }
  }

  function stayOf(id: number): Stay {
    const known = model.bookings.get(id);
    if (!known) throw new Error(`booking ${id} was never acknowledged`);
    return known.now;
  }

  async function change(id: number): Promise<void> {
    const { start } = stayOf(id);
    const end = randomEnd(random, start);
    const body = random.chance(0.3) ? { end, room_id: random.pick(roomIds) } : { end };
    await write(id, changed(stayOf(id), body), 'PATCH', '', body);
  }

  async function checkGuestIn(id: number): Promise<void> {
    await write(id, checkedIn(stayOf(id)), 'POST', '/check-in');
    follow(id);
  }

  async function checkGuestOut(id: number): Promise<void> {
    const today = new Date().toISOString().slice(0, 10);
    await write(id, checkedOut(stayOf(id), today), 'POST', '/check-out');
    follow(id);
  }

  return {
    client,
    sampled,
    succeededUnanswered,
    isSettled: () => uncertain.size === 0 && unanswered.size === 0,
    async step() {
      const [first] = uncertain;
      const [request] = unanswered;
      if (first !== undefined) return resolveOutcome(first);
      if (request) return create(...request);
      const dice = random.int(1, 100);
      if (dice <= 45 || booked.length < 5) return create(random.hex(16), randomStay(random, roomIds));
      const id = random.pick(booked);
      if (dice <= 65) return change(id);
      if (dice <= 78) {
        await write(id, cancelled(stayOf(id)), 'DELETE');
        return follow(id);
      }
      if (uncleaned !== undefined) {
        const isDone = await finishFinalClean(uncleaned, { client, cleaningUrl, model, check });
        if (isDone) uncleaned = undefined;
        return;
      }
      return guest === undefined ? checkGuestIn(id) : checkGuestOut(guest);
    },
  };
}

/** The fields of an API booking that the model knows. */
export function toStay(body: unknown): Stay {
  const { room_id, start, end, status, revision } = body as Stay;
  return { room_id, start, end, status, revision };
}
