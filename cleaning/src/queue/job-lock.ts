import type { RedisClient } from '@hotel/redis';
import type { Job } from 'bullmq';

/** Another worker may have taken over the job, for instance because this process was suspended. */
export class LockLostError extends Error {
  override name = 'LockLostError';

  constructor() {
    super('the lock of the job is lost; another attempt follows');
  }
}

export interface JobLock {
  /** Call before an effect outside the database. @throws LockLostError */
  require(): Promise<void>;
}

/**
 * Guards an attempt whose process was suspended for longer than the lock. BullMQ's own renewal runs too late: a resumed
 * process first continues where it was. Asks Redis only when the attempt takes so long that its lock may have expired.
 * The process may still be suspended after the check; dispo ignores the confirmation of a lower revision.
 */
export function createJobLock(redis: RedisClient, job: Job<unknown>, token: string, lockMs: number): JobLock {
  // This process's clock, read before it asked Redis for the job.
  const takenAt = job.processedOn ?? 0;
  return {
    async require() {
      if (Date.now() - takenAt < lockMs / 2) return;
      if (!(await isHeld(redis, job, token, lockMs))) throw new LockLostError();
    },
  };
}

/** Also false when Redis does not answer: then it is unknown. */
async function isHeld(redis: RedisClient, job: Job<unknown>, token: string, lockMs: number): Promise<boolean> {
  if (redis.status !== 'ready') return false;
  const disconnected = Promise.withResolvers<number>();
  const onClose = () => disconnected.resolve(0);
  redis.once('close', onClose);
  try {
    return (await Promise.race([job.extendLock(token, lockMs), disconnected.promise])) === 1;
  } finally {
    redis.off('close', onClose);
  }
}
