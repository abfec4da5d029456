import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@hotel/log';
import { createBackoff, detached } from '@hotel/runtime';
import { createBacklog } from './backlog.ts';
import type { EventQueue } from './queue.ts';
import { createQuota } from './quota.ts';
import { createSender } from './send.ts';
import type { OutboxStore, PendingEvent } from './store.ts';
import { withdrawJobs } from './withdraw.ts';

const MAX_BATCH = 500;
/** Delay between batches under load, to make them larger: a command costs as much as two more events in a batch. */
const LINGER_MS = 2;
/** Shutdown timeout for pending Redis commands. */
const LAST_ANSWER_MS = 2_000;
/** Upper bound on events held in memory; further events are read from the outbox later. */
const MAX_WAITING = 10_000;
/** Pause before retrying to hand over held-back events; doubles up to `longest` while nothing can be published. */
const HAND_OVER_MS = { first: 250, longest: 2_000 };

export interface Relay extends AsyncDisposable {
  /** Accepts events of a committed transaction. Returns immediately: a booking never waits for Redis. */
  publish(events: PendingEvent[]): void;
}

export interface RelayOptions {
  store: OutboxStore;
  queue: EventQueue;
  sweepMs: number;
  /** Called with the events of each committed transaction. */
  onWritten?: (events: PendingEvent[]) => void;
  log: Logger;
}

/**
 * Publishes outbox rows to the queue: right after the commit, batching the events that arrive meanwhile. A row stays in
 * the outbox until the consumer confirms it.
 *
 * The outbox is the buffer: while Redis is away or full, events stay there and are published in order once they fit. A
 * sweep runs at start, on each connection to Redis and every `sweepMs`. It publishes unconfirmed events that the queue
 * will not process, as after a crash of this process or data loss in Redis, and promotes jobs that a wrong clock has
 * delayed for too long.
 */
export function startRelay({ store, queue, sweepMs, onWritten, log }: RelayOptions): Relay {
  let waiting: PendingEvent[] = [];
  const underWay = new Set<string>();
  const resends = createBackoff(() => performance.now());
  const quota = createQuota(queue, log);
  const send = createSender({ queue, resends, log });
  const backlog = createBacklog({
    ...{ store, queue, send, quota, resends, underWay, log },
    isClosed: () => closed,
  });
  let draining: Promise<void> | undefined;
  let working: Promise<void> | undefined;
  let handOverTimer: NodeJS.Timeout | undefined;
  let pauseMs = HAND_OVER_MS.first;
  let sweepAgain = false;
  let closed = false;

  async function drain(): Promise<void> {
    // Requests that shared a commit continue in this turn of the event loop: batch their events.
    await new Promise(setImmediate);
    while (waiting.length > 0) {
      const granted = await quota.take(Math.min(waiting.length, MAX_BATCH));
      if (granted === 0) return leaveInOutbox();
      const batch = waiting.splice(0, granted);
      if (!(await send(batch))) quota.reset();
      for (const { id } of batch) underWay.delete(id);
      if (batch.length > 1 && waiting.length < MAX_BATCH) await sleep(LINGER_MS);
    }
  }

  function leaveInOutbox(): void {
    for (const { id } of waiting) {
      underWay.delete(id);
      backlog.add(id);
    }
    waiting = [];
    scheduleHandOver();
  }

  function enqueue(events: PendingEvent[]): void {
    for (const event of events) {
      if (underWay.has(event.id)) continue;
      if (backlog.isBehind() || waiting.length >= MAX_WAITING) {
        backlog.add(event.id);
        scheduleHandOver();
      } else {
        underWay.add(event.id);
        waiting.push(event);
      }
    }
    if (waiting.length === 0) return;
    draining ??= detached(drain).finally(() => {
      draining = undefined;
      // Starts on events that arrived after the last check; otherwise they would wait for the next event.
      enqueue([]);
    });
  }

  /** Runs one task at a time: both walk through the outbox. */
  function work(task: () => Promise<void>): void {
    if (working || closed || !queue.isReady()) return;
    working = detached(task)
      .catch((error: unknown) => log.warn({ err: error }, 'the sweep of the outbox failed; it will be retried'))
      .finally(() => {
        working = undefined;
        if (sweepAgain) startSweep();
        else if (backlog.isBehind()) scheduleHandOver();
      });
  }

  async function sweep(): Promise<void> {
    quota.reset();
    backlog.addWithdrawn(await withdrawJobs(queue, store, log));
    await backlog.sweep();
    if (!queue.isReady() || closed) return;
    const promoted = await queue.promoteOverdue();
    if (promoted > 0) log.warn({ events: promoted }, 'promoted jobs that a wrong clock had delayed for too long');
  }

  async function handOver(): Promise<void> {
    const published = await backlog.handOver();
    pauseMs = published > 0 ? HAND_OVER_MS.first : Math.min(2 * pauseMs, HAND_OVER_MS.longest);
  }

  /** Does nothing while Redis is away: a sweep starts when it returns. */
  function scheduleHandOver(): void {
    if (handOverTimer || closed || !queue.isReady()) return;
    handOverTimer = setTimeout(() => {
      handOverTimer = undefined;
      if (backlog.isBehind()) work(handOver);
    }, pauseMs);
  }

  /** Redis may have disconnected and returned during a sweep, so a sweep in progress is followed by another. */
  function startSweep(): void {
    sweepAgain = working !== undefined;
    work(sweep);
  }

  const timer = setInterval(() => work(sweep), sweepMs);
  queue.onReady(startSweep);
  startSweep();

  return {
    publish(events) {
      for (const { id } of events) store.awaitingCommit.delete(id);
      onWritten?.(events);
      enqueue(events);
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      clearInterval(timer);
      clearTimeout(handOverTimer);
      // Events of commands that Redis never answered are still in the outbox; the next start publishes them if needed.
      const lastAnswer = setTimeout(() => queue.disconnect(), LAST_ANSWER_MS);
      await working;
      while (draining) await draining;
      clearTimeout(lastAnswer);
    },
  };
}
