import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Scene } from '../../fault.ts';
import type { World } from '../../world.ts';

/** Under load, up to this many events are always unconfirmed. */
const USUALLY_UNCONFIRMED = 30;

/** Connects to Redis directly, whatever the state of the links. */
export async function withRedis<T>({ redis }: Pick<World, 'redis'>, use: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(redis.url);
  try {
    return await use(client);
  } finally {
    client.disconnect();
  }
}

/** Waits until waiting events are confirmed again although the fault lasts. Reports a finding when they are not. */
export async function recoveredWithin(scene: Scene, ms: number, since: string): Promise<void> {
  const end = performance.now() + ms;
  await sleep(1_000);
  while ((await scene.world.databases.count('dispo', 'outbox')) > USUALLY_UNCONFIRMED) {
    if (performance.now() > end) {
      scene.findings.wrong.push(`events were not confirmed again ${ms / 1_000} s after ${since}`);
      return;
    }
    await sleep(250);
  }
}
