import type { Logger } from '@hotel/log';
import type { EventQueue } from './queue.ts';
import type { OutboxStore } from './store.ts';

const PAGE = 500;

/**
 * Makes room in an almost full Redis: withdraws the newest waiting jobs whose events are still in the outbox, so that
 * they can be published again. Otherwise workers could never drain a full Redis, because taking a job needs memory.
 * @returns the ids of the withdrawn jobs
 */
export async function withdrawJobs(
  queue: Pick<EventQueue, 'capacity' | 'newestWaiting' | 'withdraw'>,
  store: Pick<OutboxStore, 'stillUnconfirmed'>,
  log: Logger,
): Promise<string[]> {
  let capacity = await queue.capacity();
  if (!capacity.isFull) return [];
  const taken: string[] = [];
  for (let skip = 0; capacity.isScarce; capacity = await queue.capacity()) {
    const ids = await queue.newestWaiting({ skip, count: PAGE, toKeep: capacity.toKeep });
    if (ids.length === 0) break;
    const ours = await store.stillUnconfirmed(ids);
    const withdrawn = await queue.withdraw(ours.map(({ id }) => id));
    taken.push(...withdrawn);
    skip += ids.length - withdrawn.length;
  }
  if (taken.length > 0) {
    log.warn({ events: taken.length }, 'Redis is almost full: withdrew jobs whose events are still in the outbox');
  }
  return taken;
}
