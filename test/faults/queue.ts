import { retryOptions } from '@hotel/contracts';
import { Queue } from 'bullmq';
import type { World } from './world.ts';

const PREFIX = 'hotel';

/** Opens a queue of the hotel while the function runs, over its own connection, independent of the links. */
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
  /** Ahead of all waiting messages. */
  first?: boolean;
}

export async function addMessages(world: World, messages: readonly Message[]): Promise<void> {
  const jobs = messages.map(({ id, name, data, first = false }) => ({
    ...{ name, data },
    opts: { jobId: id, lifo: first, ...retryOptions(250), removeOnComplete: true },
  }));
  await withQueue(world, 'cleaning', (queue) => queue.addBulk(jobs));
}

/** Removes the waiting messages. */
export function takeMessages(world: World): Promise<Message[]> {
  return withQueue(world, 'cleaning', async (queue) => {
    const jobs = await queue.getJobs(['waiting']);
    for (const job of jobs) await job.remove();
    return jobs.map(({ id = '', name, data }) => ({ id, name, data }));
  });
}

/** Whether some of the messages are still unprocessed. */
export function isAnyQueued(world: World, messages: readonly Message[]): Promise<boolean> {
  return withQueue(world, 'cleaning', async (queue) => {
    const states = await Promise.all(messages.map(({ id }) => queue.getJobState(id)));
    return states.some((state) => state !== 'unknown');
  });
}

/** The dead letters with their reasons. */
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
