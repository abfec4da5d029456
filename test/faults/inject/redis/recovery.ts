import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Scene } from '../../fault.ts';
import { countUnconfirmed } from '../../record.ts';
import type { World } from '../../world.ts';

/** So few events are always on their way under the load. */
const ON_THEIR_WAY = 30;

/** Runs something on the Redis itself, whatever the links are up to. */
export async function withRedis<T>({ redis }: Pick<World, 'redis'>, use: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(redis.url);
  try {
    return await use(client);
  } finally {
    client.disconnect();
  }
}

/** Waits until events have piled up, and then until they are confirmed again while the fault lasts; reports when they are not. */
export async function recoveredWithin(scene: Scene, ms: number, since: string): Promise<void> {
  const end = performance.now() + ms;
  await sleep(1_000);
  while (countUnconfirmed(scene.world) > ON_THEIR_WAY) {
    if (performance.now() > end) {
      scene.findings.wrong.push(`events were not confirmed again ${ms / 1_000} s after ${since}`);
      return;
    }
    await sleep(250);
  }
}
