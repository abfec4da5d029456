import { Queue } from 'bullmq';
import type { World } from './world.ts';

const PREFIX = 'hotel';

/** A queue of the hotel, for as long as the function runs. By its own connection, whatever the links are up to. */
async function withQueue<T>(world: World, name: string, use: (queue: Queue) => Promise<T>): Promise<T> {
  const queue = new Queue(name, { prefix: PREFIX, connection: { host: '127.0.0.1', port: world.redis.port } });
  try {
    return await use(queue);
  } finally {
    await queue.close();
  }
}

export interface Message {
  id: string;
  name: string;
  data: unknown;
  /** Before all that wait. */
  first?: boolean;
}

export async function addMessages(world: World, messages: readonly Message[]): Promise<void> {
  const jobs = messages.map(({ id, name, data, first = false }) => ({
    ...{ name, data },
    opts: { jobId: id, lifo: first, attempts: 8, backoff: { type: 'exponential', delay: 250 }, removeOnComplete: true },
  }));
  await withQueue(world, 'cleaning', (queue) => queue.addBulk(jobs));
}

/** Takes out the messages that wait to be processed. */
export function takeMessages(world: World): Promise<Message[]> {
  return withQueue(world, 'cleaning', async (queue) => {
    const jobs = await queue.getJobs(['waiting']);
    for (const job of jobs) await job.remove();
    return jobs.map(({ id = '', name, data }) => ({ id, name, data }));
  });
}

/** Whether some of the messages are still to be processed. */
export function isAnyQueued(world: World, messages: readonly Message[]): Promise<boolean> {
  return withQueue(world, 'cleaning', async (queue) => {
    const states = await Promise.all(messages.map(({ id }) => queue.getJobState(id)));
    return states.some((state) => state !== 'unknown');
  });
}

/** The messages that the worker has given up, and why. */
export function deadLetters(world: World): Promise<Array<{ id: string; reason: string }>> {
  return withQueue(world, 'cleaning-dead', async (queue) => {
    const jobs = await queue.getJobs(['waiting']);
    return jobs.map(({ id = '', data }) => ({ id, reason: (data as { reason: string }).reason }));
  });
}

export async function dropDeadLetters(world: World, ids: readonly string[]): Promise<void> {
  await withQueue(world, 'cleaning-dead', async (queue) => {
    for (const id of ids) await queue.remove(id);
  });
}
