import type { Logger } from '@hotel/log';
import type { Backoff } from '@hotel/runtime';
import type { Inspection } from './inspection.ts';
import type { EventQueue } from './queue.ts';
import type { Quota } from './quota.ts';
import type { SendBatch } from './send.ts';
import type { OutboxStore, PendingEvent } from './store.ts';

const PAGE = 500;
const NAMED_ORPHANS = 10;

export interface BacklogOptions {
  store: OutboxStore;
  queue: Pick<EventQueue, 'isReady' | 'inspect'>;
  send: SendBatch;
  quota: Quota;
  resends: Backoff;
  /** Ids that the relay is sending right now. */
  underWay: Set<string>;
  isClosed: () => boolean;
  log: Logger;
}

/**
 * The events in the outbox that Redis lacks. None are held in memory: they are read from the outbox in id order, which
 * is creation order.
 */
export interface Backlog {
  /** Whether events are held back. Newer events must queue behind them. */
  isBehind(): boolean;
  /** Adds an event that has never been sent. */
  add(id: string): void;
  /** Adds events that were sent and then withdrawn from Redis. */
  addWithdrawn(ids: string[]): void;
  /** Publishes the held-back events that fit. @returns the number published */
  handOver(): Promise<number>;
  /** Walks the whole outbox, so it also finds events that Redis has lost. @returns the number published */
  sweep(): Promise<number>;
}

export function createBacklog(options: BacklogOptions): Backlog {
  const { store, queue, send, quota, resends, underWay, isClosed, log } = options;
  /** Events with a higher id are held back. Undefined when none are. */
  let cursor: string | undefined;
  /** The first event that has never been sent: its next `send` is the first attempt. */
  let unsentFrom: string | undefined;
  /** Sorts just before the first event added since the last `takeAdded`. */
  let addedAfter: string | undefined;

  function takeAdded(): string | undefined {
    const taken = addedAfter;
    addedAfter = undefined;
    return taken;
  }

  const isUnsent = (id: string) => unsentFrom !== undefined && id >= unsentFrom;

  async function walk(from: string): Promise<number> {
    const inspection = queue.inspect();
    let published = 0;
    let after = from;
    takeAdded();
    while (queue.isReady() && !isClosed()) {
      const page = await store.unconfirmed({ after, limit: PAGE });
      const { count, heldAt } = await publishLost(page, inspection);
      published += count;
      if (heldAt !== undefined) {
        cursor = before(heldAt);
        return published;
      }
      after = page.at(-1)?.id ?? after;
      // Events added meanwhile nearly always have a higher id.
      const added = takeAdded();
      if (added !== undefined && added < after) after = added;
      else if (page.length < PAGE && added === undefined) {
        cursor = undefined;
        unsentFrom = undefined;
        quota.caughtUp();
        return published;
      }
    }
    return published;
  }

  /** @returns the number published, and the first event that did not fit */
  async function publishLost(page: PendingEvent[], inspection: Inspection) {
    const isOfRequest = (id: string) => store.awaitingCommit.has(id) || underWay.has(id);
    const candidates = page.map(({ id }) => id).filter((id) => !isOfRequest(id) && resends.isDue(id));
    let count = 0;
    if (candidates.length === 0) return { count, heldAt: undefined };
    const { missing, orphaned } = await inspection.lost(candidates);
    if (orphaned.length > 0) {
      log.warn(
        { events: orphaned.length, event_ids: orphaned.slice(0, NAMED_ORPHANS) },
        'removed jobs that no worker would have processed; their events are published again',
      );
    }
    for (let lost = [...missing, ...orphaned].sort(); lost.length > 0; ) {
      const granted = await quota.take(lost.length);
      if (granted === 0) return { count, heldAt: lost[0] };
      const ids = lost.slice(0, granted);
      await publish(ids);
      count += ids.length;
      lost = lost.slice(granted);
    }
    return { count, heldAt: undefined };
  }

  async function publish(ids: string[]): Promise<void> {
    const again = ids.filter((id) => !isUnsent(id));
    // An event confirmed meanwhile has rightly left the queue; one that another relay has claimed is published by it.
    const events = await store.claim(ids, again);
    if (events.length === 0) return;
    if (again.length > 0) {
      log.info({ events: again.length }, 'publishing events again that are neither confirmed nor in the queue');
    }
    for (const { id } of events) underWay.add(id);
    const isSent = await send(events);
    for (const { id } of events) underWay.delete(id);
    if (isSent) for (const id of again) resends.note(id);
    else quota.reset();
    const last = ids.at(-1);
    if (last !== undefined && isUnsent(last)) unsentFrom = `${last}.`;
  }

  function fallBehind(id: string): void {
    cursor = lower(cursor, before(id));
    addedAfter = lower(addedAfter, before(id));
  }

  return {
    isBehind: () => cursor !== undefined,
    add(id) {
      fallBehind(id);
      unsentFrom = lower(unsentFrom, id);
    },
    addWithdrawn(ids) {
      for (const id of ids) fallBehind(id);
    },
    handOver: async () => (cursor !== undefined && (await quota.hasRoom()) ? walk(cursor) : 0),
    sweep: () => walk(''),
  };
}

/** Returns a string that sorts before this id and after every lower id. */
const before = (id: string) => id.slice(0, -1);

function lower(a: string | undefined, b: string): string {
  return a === undefined || b < a ? b : a;
}
