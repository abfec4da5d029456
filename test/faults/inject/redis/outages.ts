import { endure, type Fault, type Scene } from '../../fault.ts';
import { recoveredWithin } from './recovery.ts';

/** More than the command of one event, less than that of a batch. */
const PART_OF_A_BATCH_BYTES = 1_500;
const LARGE_BATCH_WITHIN_MS = 20_000;

/** An outage is an interruption, a wait between the two limits, and the end of the interruption. */
function outage(
  name: string,
  times: number,
  [shortMs, longMs]: [number, number],
  { begin, end }: { begin(scene: Scene): Promise<void>; end(scene: Scene): Promise<void> },
): Fault {
  return {
    name,
    times,
    losesSpans: false,
    async inject(scene) {
      await begin(scene);
      await endure(scene, shortMs, longMs);
      await end(scene);
      return undefined;
    },
  };
}

const kill = ({ world }: Scene) => world.redis.kill('SIGKILL');
const start = ({ world }: Scene) => world.redis.start();
const startEmpty = ({ world }: Scene) => world.redis.start({ empty: true });
const reconnect = ({ world }: Scene) => world.links.redis.setMode('pass');
const AT_ONCE: [number, number] = [0, 0];

/** Redis is unavailable. */
export const redisOutages: Fault[] = [
  outage('Redis killed and restarted', 3, AT_ONCE, { begin: kill, end: start }),
  outage('Redis restarted empty', 3, AT_ONCE, { begin: kill, end: startEmpty }),
  outage('Redis gone', 1, [3_000, 30_000], { begin: kill, end: start }),
  {
    ...outage('Redis gone, and dispo killed meanwhile', 1, [2_000, 8_000], {
      begin: kill,
      async end(scene) {
        const { each } = scene.world;
        await each('dispo', (name, { kill }) => kill(name));
        await each('dispo', (name, { start }) => start(name));
        await start(scene);
      },
    }),
    losesSpans: true,
    unanswered: 'any',
  },
  outage('Redis frozen', 2, [2_000, 15_000], {
    begin: ({ world }) => world.redis.kill('SIGSTOP'),
    end: ({ world }) => world.redis.kill('SIGCONT'),
  }),
  outage('Redis slow (500 ms)', 1, [4_000, 15_000], {
    begin: ({ world }) => world.links.redis.setMode('slow'),
    end: reconnect,
  }),
  outage('Redis unreachable', 2, [2_000, 15_000], {
    begin: ({ world, random }) => world.links.redis.setMode(random.pick(['refuse', 'hang'] as const)),
    end: reconnect,
  }),
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
      // New connections work, as after a failover of the host's address.
      scene.world.links.redis.mute();
      await recoveredWithin(scene, 60_000, 'the connections to Redis went silent');
      return undefined;
    },
  },
];
