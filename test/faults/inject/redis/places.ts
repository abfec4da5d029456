import { setTimeout as sleep } from 'node:timers/promises';
import { httpJson } from '@hotel/trace-test';
import { endure, type Fault, type Scene } from '../../fault.ts';
import { NOT_SAMPLED } from '../../load/client.ts';
import { withRedis } from './recovery.ts';

const QUEUE = 'hotel:cleaning';

/** Redis keeps a job but loses its entry in a list, or the reverse, as after an eviction; or the queue is paused. */
export const redisPlaces: Fault[] = [
  {
    name: 'Redis loses list entries of jobs, or jobs of list entries',
    times: 3,
    losesSpans: false,
    async inject({ world, random }) {
      await world.each('cleaning-worker', (name, { signal }) => signal(name, 'SIGSTOP'));
      await sleep(1_000);
      await withRedis(world, async (client) => {
        const ids = await client.lrange(`${QUEUE}:wait`, 0, -1);
        const some = ids.filter(() => random.chance(0.5));
        if (random.chance(0.5)) await client.del(`${QUEUE}:wait`);
        else if (some.length > 0) await client.del(some.map((id) => `${QUEUE}:${id}`));
      });
      await world.each('cleaning-worker', (name, { signal }) => signal(name, 'SIGCONT'));
      return undefined;
    },
  },
  {
    name: 'queue paused',
    times: 1,
    losesSpans: false,
    async inject(scene) {
      await withRedis(scene.world, (client) => client.hset(`${QUEUE}:meta`, 'paused', '1'));
      await endure(scene, 2_000, 10_000);
      await requireReport(scene, 'queue', /paused/);
      await withRedis(scene.world, (client) => client.hdel(`${QUEUE}:meta`, 'paused'));
      return undefined;
    },
  },
];

/** dispo must report the problem and remain ready. */
async function requireReport({ world, findings }: Scene, check: string, detail: RegExp): Promise<void> {
  const { status, body } = await httpJson<{ status: string; checks: Record<string, { detail: string }> }>(
    `${world.url('DISPO_INTERNAL_PORT')}/readyz`,
    { headers: NOT_SAMPLED },
  );
  if (status !== 200 || body.status !== 'degraded' || !detail.test(body.checks[check]?.detail ?? '')) {
    findings.wrong.push(`/readyz does not report the paused queue: ${status} ${JSON.stringify(body)}`);
  }
}
