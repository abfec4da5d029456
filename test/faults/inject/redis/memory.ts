import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { endure, type Fault, type Scene } from '../../fault.ts';
import { recoveredWithin, withRedis } from './recovery.ts';

/** Enough jobs for their memory to matter. */
const JOBS = 400;
const JOBS_WITHIN_MS = 30_000;
/** Initial share of the memory limit in use, just below the share at which dispo stops publishing. */
const USED_AT_FIRST = 0.7;

/** Redis has reached its memory limit, or is about to. */
export const redisMemory: Fault[] = [
  {
    name: 'Redis out of memory',
    times: 3,
    losesSpans: false,
    async inject(scene) {
      await withRedis(scene.world, (client) => client.config('SET', 'maxmemory', '1'));
      await endure(scene, 1_500, 8_000);
      await unlimited(scene);
      return undefined;
    },
    mend: unlimited,
  },
  {
    name: 'Redis fills up without a worker',
    times: 1,
    losesSpans: false,
    async inject(scene) {
      const { each } = scene.world;
      await each('cleaning-worker', (name, { stop }) => stop(name));
      const before = await withRedis(scene.world, async (client) => {
        await limit(client, USED_AT_FIRST);
        return countOutOfMemory(client);
      });
      await endure(scene, 5_000, 30_000);
      const refused = (await withRedis(scene.world, countOutOfMemory)) - before;
      if (refused > 0) scene.findings.wrong.push(`${refused} commands were rejected because Redis was full`);
      await each('cleaning-worker', (name, { start }) => start(name));
      await recoveredWithin(scene, 60_000, 'the worker started with little memory left in Redis');
      return undefined;
    },
    mend: unlimited,
  },
  {
    name: 'Redis full when the worker starts',
    times: 1,
    losesSpans: false,
    async inject(scene) {
      const { each } = scene.world;
      await each('cleaning-worker', (name, { stop }) => stop(name));
      await waitForJobs(scene);
      await withRedis(scene.world, (client) => limit(client, 1));
      await each('cleaning-worker', (name, { start }) => start(name));
      await recoveredWithin(scene, 60_000, 'the worker started with a full Redis');
      return undefined;
    },
    mend: unlimited,
  },
];

async function unlimited({ world }: Scene): Promise<void> {
  await withRedis(world, (client) => client.config('SET', 'maxmemory', '0'));
}

/** Sets the limit so that this share of it is in use. */
async function limit(client: Redis, part: number): Promise<void> {
  const [, used = ''] = /^used_memory:(\d+)/m.exec(await client.info('memory')) ?? [];
  await client.config('SET', 'maxmemory', String(Math.ceil(Number(used) / part)));
}

async function countOutOfMemory(client: Redis): Promise<number> {
  const [, count = '0'] = /^errorstat_OOM:count=(\d+)/m.exec(await client.info('errorstats')) ?? [];
  return Number(count);
}

async function waitForJobs({ world }: Scene): Promise<void> {
  const end = performance.now() + JOBS_WITHIN_MS;
  const waiting = () => withRedis(world, (client) => client.llen('hotel:cleaning:wait'));
  while (performance.now() < end && (await waiting()) < JOBS) await sleep(100);
}
