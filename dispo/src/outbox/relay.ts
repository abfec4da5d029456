import { setTimeout as sleep } from 'node:timers/promises';
import { type BookingEvent, CLEANING_QUEUE } from '@hotel/contracts';
import { detached, type Logger, type Send, startSend } from '@hotel/telemetry';
import type { EventQueue } from './queue.ts';
import type { OutboxStore, PendingEvent } from './store.ts';

const MAX_BATCH = 500;
/** Under load the next batch waits for so long, to be a large one: one costs as much as what two events add to it. */
const LINGER_MS = 2;
/** How long Redis may take, at the end, to answer what it was told. */
const LAST_ANSWER_MS = 2_000;
/** With Redis away for long, what has been committed meanwhile is found by a sweep; memory need not hold it. */
const MAX_WAITING = 10_000;

export interface Relay extends AsyncDisposable {
  /** Takes events whose transaction has been committed. Returns at once: a booking never waits for Redis. */
  publish(events: PendingEvent[]): void;
}

export interface RelayOptions {
  store: OutboxStore;
  queue: EventQueue;
  sweepMs: number;
  log: Logger;
}

/**
 * Hands the outbox's rows to the queue: at once after a commit, and what has gathered meanwhile as one batch. A row
 * stays in the outbox until the consumer confirms it. A sweep, at the start, whenever Redis comes back and every `sweepMs`,
 * publishes what is neither confirmed nor in the queue: after a crash of this process, or of a Redis that forgot. What is in the
 * queue and would stay there for too long is made due.
 */
export function startRelay({ store, queue, sweepMs, log }: RelayOptions): Relay {
  let waiting: PendingEvent[] = [];
  const underWay = new Set<string>();
  /** Known never to have been published: their next `send` is their first. */
  const unsent = new Set<string>();
  let draining: Promise<void> | undefined;
  let sweeping: Promise<void> | undefined;
  let closed = false;

  async function drain(): Promise<void> {
    // What was committed together goes together: its other requests go on in this same turn of the event loop.
    await new Promise(setImmediate);
    while (waiting.length > 0 && queue.isReady()) {
      const batch = waiting.splice(0, MAX_BATCH);
      await send(batch);
      for (const { id } of batch) underWay.delete(id);
      if (batch.length > 1 && waiting.length < MAX_BATCH) await sleep(LINGER_MS);
    }
    // Redis is away: the sweep that follows its return finds them in the database.
    for (const { id } of waiting) {
      underWay.delete(id);
      unsent.add(id);
    }
    waiting = [];
  }

  async function send(batch: PendingEvent[]): Promise<void> {
    const sends = batch.map((event) =>
      startSend({ queue: CLEANING_QUEUE, id: event.id, conversationId: event.subject }, event.context, event.attempt),
    );
    try {
      await publish(
        batch.map((event, i) => toEnvelope(event, sends[i] as Send)),
        sends,
      );
      for (const one of sends) one.end();
    } catch (error) {
      for (const one of sends) one.end(error);
      log.warn({ err: error, events: batch.length }, 'events could not be published; they stay in the outbox');
    }
  }

  /** A batch of one shows its Redis command below its `send`; the command of a larger one belongs to no single booking. */
  async function publish(envelopes: BookingEvent[], sends: Send[]): Promise<void> {
    const [envelope] = envelopes;
    const [only] = sends;
    if (envelopes.length === 1 && envelope && only) await only.run(() => queue.publish(envelope));
    else await detached(() => queue.publishAll(envelopes));
  }

  async function sweep(): Promise<void> {
    await publishMissing();
    if (!queue.isReady() || closed) return;
    const hastened = await queue.hasten();
    if (hastened > 0) log.warn({ events: hastened }, 'events were put off by a clock that is wrong; they are due now');
  }

  async function publishMissing(): Promise<void> {
    let after = '';
    while (queue.isReady() && !closed) {
      const page = await store.unconfirmed({ after, limit: MAX_BATCH });
      const candidates = page.map(({ id }) => id).filter((id) => !underWay.has(id));
      const missing = candidates.length > 0 ? await queue.missing(candidates) : [];
      if (missing.length > 0) {
        // Read again: what has been confirmed since is not in the queue either, and rightly so.
        await store.countAttempt(missing.filter((id) => !unsent.delete(id)));
        const again = await store.stillUnconfirmed(missing);
        log.info({ events: again.length }, 'publishing events that are neither confirmed nor in the queue');
        enqueue(again);
        await draining;
      }
      const last = page.at(-1);
      if (!last || page.length < MAX_BATCH) return;
      after = last.id;
    }
  }

  function enqueue(events: PendingEvent[]): void {
    for (const event of events) {
      if (underWay.has(event.id) || waiting.length >= MAX_WAITING) continue;
      underWay.add(event.id);
      waiting.push(event);
    }
    if (waiting.length === 0) return;
    draining ??= detached(drain).finally(() => {
      draining = undefined;
      // What has come since the last look would wait for the next event.
      enqueue([]);
    });
  }

  function startSweep(): void {
    if (sweeping || closed) return;
    sweeping = detached(sweep)
      .catch((error: unknown) => log.warn({ err: error }, 'the outbox could not be swept; it will be tried again'))
      .finally(() => {
        sweeping = undefined;
      });
  }

  const timer = setInterval(startSweep, sweepMs);
  queue.onReady(startSweep);
  if (queue.isReady()) startSweep();

  return {
    publish: enqueue,
    async [Symbol.asyncDispose]() {
      closed = true;
      clearInterval(timer);
      // What Redis has not answered then is in the outbox, and is published by the next start if it must be.
      const patience = setTimeout(() => queue.hangUp(), LAST_ANSWER_MS);
      await sweeping;
      while (draining) await draining;
      clearTimeout(patience);
    },
  };
}

function toEnvelope(event: PendingEvent, send: Send): BookingEvent {
  return {
    specversion: '1.0',
    id: event.id,
    source: '/dispo',
    type: event.type,
    subject: event.subject,
    time: event.time,
    datacontenttype: 'application/json',
    ...send.carrier,
    data: event.data,
  };
}
