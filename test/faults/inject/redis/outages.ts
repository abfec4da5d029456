import { endure, type Fault } from '../../fault.ts';
import { recoveredWithin } from './recovery.ts';

/** More than the command of one event, less than that of a batch of some. */
const PART_OF_A_BATCH_BYTES = 1_500;
const LARGE_BATCH_WITHIN_MS = 20_000;

/** Redis goes away, in whatever way. */
export const redisOutages: Fault[] = [
  {
    name: 'Redis killed and restarted',
    times: 3,
    losesSpans: false,
    async inject({ world: { redis } }) {
      await redis.kill('SIGKILL');
      await redis.start();
      return undefined;
    },
  },
  {
    name: 'Redis restarted empty',
    times: 3,
    losesSpans: false,
    async inject({ world: { redis } }) {
      await redis.kill('SIGKILL');
      await redis.start({ empty: true });
      return undefined;
    },
  },
  {
    name: 'Redis gone',
    times: 1,
    losesSpans: false,
    async inject(scene) {
      const { redis } = scene.world;
      await redis.kill('SIGKILL');
      await endure(scene, 3_000, 30_000);
      await redis.start();
      return undefined;
    },
  },
  {
    name: 'Redis gone, and dispo killed meanwhile',
    times: 1,
    losesSpans: true,
    unanswered: 'any',
    async inject(scene) {
      const { world } = scene;
      await world.redis.kill('SIGKILL');
      await endure(scene, 2_000, 8_000);
      await world.kill('dispo');
      await world.start('dispo');
      await world.redis.start();
      return undefined;
    },
  },
  {
    name: 'Redis frozen',
    times: 2,
    losesSpans: false,
    async inject(scene) {
      const { redis } = scene.world;
      await redis.kill('SIGSTOP');
      await endure(scene, 2_000, 15_000);
      await redis.kill('SIGCONT');
      return undefined;
    },
  },
  {
    name: 'Redis slow (500 ms)',
    times: 1,
    losesSpans: false,
    async inject(scene) {
      const { redis } = scene.world.links;
      await redis.setMode('slow');
      await endure(scene, 4_000, 15_000);
      await redis.setMode('pass');
      return undefined;
    },
  },
  {
    name: 'Redis unreachable',
    times: 2,
    losesSpans: false,
    async inject(scene) {
      const { redis } = scene.world.links;
      await redis.setMode(scene.random.pick(['refuse', 'hang'] as const));
      await endure(scene, 2_000, 15_000);
      await redis.setMode('pass');
      return undefined;
    },
  },
  {
    name: 'Redis connection cut inside a batch',
    times: 5,
    losesSpans: false,
    async inject(scene) {
      const { redis } = scene.world.links;
      const before = redis.cuts();
      redis.cutInside(PART_OF_A_BATCH_BYTES);
      const end = performance.now() + LARGE_BATCH_WITHIN_MS;
      while (redis.cuts() === before && performance.now() < end) await endure(scene, 20, 20);
      return redis.cuts() === before ? 'no batch was large enough to be cut' : undefined;
    },
  },
  {
    name: 'Redis host gone without a reset',
    times: 1,
    losesSpans: false,
    async inject(scene) {
      // Whoever connects anew gets through, as after a failover of the host's address.
      scene.world.links.redis.mute();
      await recoveredWithin(scene, 60_000, 'the connections to Redis went silent');
      return undefined;
    },
  },
];
