import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { provideRedis } from '@hotel/system';
import { Redis } from 'ioredis';
import { endure, type Fault, type Scene } from '../../fault.ts';
import { recoveredWithin, withRedis } from './recovery.ts';

const SYNCED_WITHIN_MS = 30_000;
const MOST_FAILED_SENDS = 3;

/** A former primary still answers, and rejects writes. */
export const redisFailovers: Fault[] = [
  {
    name: 'Redis read-only',
    times: 1,
    losesSpans: false,
    async inject(scene) {
      // The replica of an absent server keeps its data.
      await withRedis(scene.world, (client) => client.replicaof('127.0.0.1', 1));
      await endure(scene, 3_000, 20_000);
      await withRedis(scene.world, (client) => client.replicaof('NO', 'ONE'));
      return undefined;
    },
    mend: async (scene) => requireFewFailures(scene),
  },
  {
    name: 'Redis failover that leaves connections open',
    times: 1,
    losesSpans: false,
    async inject(scene) {
      const { world } = scene;
      const { redis, links, dataDir } = world;
      const other = await provideRedis({ dataDir: join(dataDir, 'other') });
      try {
        await promote({ from: redis, to: other });
        links.redis.aim(other.port);
        await recoveredWithin(scene, 60_000, 'a failover to the replica');
        await promote({ from: other, to: redis });
        links.redis.aim(redis.port);
        await recoveredWithin(scene, 60_000, 'a failover back');
      } finally {
        links.redis.aim(redis.port);
        await withRedis(world, (client) => client.replicaof('NO', 'ONE'));
        await other.stop();
      }
      return undefined;
    },
    mend: async (scene) => requireFewFailures(scene),
  },
];

type Server = { url: string; port: number };

/** Makes `to` a replica of `from`, and swaps their roles once it is in sync. No connection is closed. */
async function promote({ from, to }: { from: Server; to: Server }): Promise<void> {
  const [master, replica] = [new Redis(from.url), new Redis(to.url)];
  try {
    // Synchronizes at once instead of after 5 s.
    await master.config('SET', 'repl-diskless-sync-delay', '0');
    await replica.replicaof('127.0.0.1', from.port);
    const end = performance.now() + SYNCED_WITHIN_MS;
    while (!(await replica.info('replication')).includes('master_link_status:up')) {
      if (performance.now() > end) throw new Error('the replica of Redis did not synchronize');
      await sleep(50);
    }
    await replica.replicaof('NO', 'ONE');
    await master.replicaof('127.0.0.1', to.port);
  } finally {
    master.disconnect();
    replica.disconnect();
  }
}

/** A trace shows only a few failed attempts, however long publishing failed. */
function requireFewFailures({ world, findings }: Scene): void {
  const failed = world.sink.spans().filter(({ name, status }) => name === 'send cleaning' && status.code === 'ERROR');
  for (const [traceId, sends] of Map.groupBy(failed, (span) => span.traceId)) {
    if (sends.length > MOST_FAILED_SENDS) findings.wrong.push(`the trace ${traceId} has ${sends.length} failed sends`);
  }
}
