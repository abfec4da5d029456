import type { Logger } from '@hotel/log';
import type { EventQueue } from './queue.ts';

/** Jobs handed over before the queue is counted again: other relays fill it as well. */
const MAX_QUOTA = 2_000;

/** How many jobs may be handed to Redis. The outbox buffers the events that do not fit. */
export interface Quota {
  hasRoom(): Promise<boolean>;
  /** Grants up to `wanted` jobs; 0 when Redis is away or full. */
  take(wanted: number): Promise<number>;
  /** Drops the remaining quota, so that the next `take` counts the queue again. */
  reset(): void;
  /** Call when no event is held back any more. */
  caughtUp(): void;
}

export function createQuota(queue: Pick<EventQueue, 'isReady' | 'capacity'>, log: Logger): Quota {
  let left = 0;
  let isHeldBack = false;

  async function count(): Promise<void> {
    left = 0;
    try {
      const { room, isScarce } = await queue.capacity();
      left = Math.min(room, MAX_QUOTA);
      if (room === 0 && !isHeldBack) {
        const why = isScarce ? 'Redis is short of memory' : 'the queue is full';
        log.warn(`${why}; events wait in the outbox until there is room`);
      }
      isHeldBack ||= room === 0;
    } catch (error) {
      if (!isHeldBack) log.warn({ err: error }, 'Redis accepts no jobs; events wait in the outbox');
      isHeldBack = true;
    }
  }

  async function countIfBelow(wanted: number): Promise<void> {
    if (left < wanted) await count();
  }

  return {
    async hasRoom() {
      if (!queue.isReady()) return false;
      await countIfBelow(1);
      return left > 0;
    },
    async take(wanted) {
      if (!queue.isReady()) return 0;
      await countIfBelow(wanted);
      const granted = Math.min(wanted, left);
      left -= granted;
      return granted;
    },
    reset() {
      left = 0;
    },
    caughtUp() {
      if (isHeldBack) log.info('the relay has caught up: the queue has all events of the outbox');
      isHeldBack = false;
    },
  };
}
