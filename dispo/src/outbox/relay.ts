import { setTimeout as sleep } from 'node:timers/promises';
import { createBackoff } from '@hotel/runtime';
import { detached, type Logger } from '@hotel/telemetry';
import { createBacklog } from './backlog.ts';
import { createCredit } from './credit.ts';
import type { EventQueue } from './queue.ts';
import { createSender } from './send.ts';
import type { OutboxStore, PendingEvent } from './store.ts';
import { takeBack } from './take-back.ts';

const MAX_BATCH = 500;
/** Under load the next batch waits for so long, to be a large one: one costs as much as what two events add to it. */
const LINGER_MS = 2;
/** How long Redis may take, at the end, to answer what it was told. */
const LAST_ANSWER_MS = 2_000;
/** Upper bound on events held in memory; what comes beyond it is read from the outbox. */
const MAX_WAITING = 10_000;
/** How soon it is tried again to hand over what waits in the outbox; without success the pause doubles up to the longest. */
const HAND_OVER_MS = { first: 250, longest: 2_000 };

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
 * Hands the outbox's rows to the queue: at once after a commit, and what has gathered meanwhile as one batch. A row stays in the
 * outbox until the consumer confirms it.
 *
 * The outbox is the buffer: while Redis is away, or holds as many jobs as it may, events stay there and are handed over in their order
 * when there is room. A sweep, at the start, whenever Redis comes back and every `sweepMs`, publishes what is neither confirmed nor in a
 * state in which it will be processed: after a crash of this process, or of a Redis that forgot. What is in the queue and would stay
 * there for too long is made due.
 */
export function startRelay({ store, queue, sweepMs, log }: RelayOptions): Relay {
  let waiting: PendingEvent[] = [];
  const underWay = new Set<string>();
  const resends = createBackoff(() => performance.now());
  const credit = createCredit(queue, log);
  const send = createSender({ queue, resends, log });
  const backlog = createBacklog({
    ...{ store, queue, send, credit, resends, underWay, log },
    isClosed: () => closed,
  });
  let draining: Promise<void> | undefined;
  let working: Promise<void> | undefined;
  let handOverTimer: NodeJS.Timeout | undefined;
  let pauseMs = HAND_OVER_MS.first;
  let sweepAgain = false;
  let closed = false;

  async function drain(): Promise<void> {
    // What was committed together goes together: its other requests go on in this same turn of the event loop.
    await new Promise(setImmediate);
    while (waiting.length > 0) {
      const granted = await credit.take(Math.min(waiting.length, MAX_BATCH));
      if (granted === 0) return leaveInOutbox();
      const batch = waiting.splice(0, granted);
      if (!(await send(batch))) credit.reset();
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
      // What has come since the last look would wait for the next event.
      enqueue([]);
    });
  }

  /** One at a time: both walk through the outbox. */
  function work(task: () => Promise<void>): void {
    if (working || closed || !queue.isReady()) return;
    working = detached(task)
      .catch((error: unknown) => log.warn({ err: error }, 'the outbox could not be swept; it will be tried again'))
      .finally(() => {
        working = undefined;
        if (sweepAgain) startSweep();
        else if (backlog.isBehind()) scheduleHandOver();
      });
  }

  async function sweep(): Promise<void> {
    credit.reset();
    backlog.addTakenBack(await takeBack(queue, store, log));
    await backlog.sweep();
    if (!queue.isReady() || closed) return;
    const hastened = await queue.hasten();
    if (hastened > 0) log.warn({ events: hastened }, 'events were put off by a clock that is wrong; they are due now');
  }

  async function handOver(): Promise<void> {
    const published = await backlog.handOver();
    pauseMs = published > 0 ? HAND_OVER_MS.first : Math.min(2 * pauseMs, HAND_OVER_MS.longest);
  }

  /** While Redis is away nothing is tried: its return starts a sweep. */
  function scheduleHandOver(): void {
    if (handOverTimer || closed || !queue.isReady()) return;
    handOverTimer = setTimeout(() => {
      handOverTimer = undefined;
      if (backlog.isBehind()) work(handOver);
    }, pauseMs);
  }

  /** Redis may have gone and come back during a sweep: what that one has not seen is found by the next. */
  function startSweep(): void {
    sweepAgain = working !== undefined;
    work(sweep);
  }

  const timer = setInterval(() => work(sweep), sweepMs);
  queue.onReady(startSweep);
  startSweep();

  return {
    publish: enqueue,
    async [Symbol.asyncDispose]() {
      closed = true;
      clearInterval(timer);
      clearTimeout(handOverTimer);
      // What Redis has not answered then is in the outbox, and is published by the next start if it must be.
      const lastAnswer = setTimeout(() => queue.hangUp(), LAST_ANSWER_MS);
      await working;
      while (draining) await draining;
      clearTimeout(lastAnswer);
    },
  };
}
