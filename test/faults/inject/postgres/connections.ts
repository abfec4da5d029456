import { setTimeout as sleep } from 'node:timers/promises';
import { endure, type Fault } from '../../fault.ts';
import { BACKENDS, postgresOf, withPostgres } from './server.ts';

/** About half of a statement that writes a booking. */
const PART_OF_A_STATEMENT_BYTES = 300;
const CUT_WITHIN_MS = 20_000;
/** Connections to PostgreSQL are lost. */
export const postgresConnections: Fault[] = [
  {
    name: 'PostgreSQL terminates connections',
    database: 'postgres',
    times: 5,
    losesSpans: false,
    async inject(scene) {
      const share = scene.random.pick([0.3, 1]);
      await withPostgres(scene, 'dispo', (client) =>
        client.query(`SELECT pg_terminate_backend(pid) FROM (${BACKENDS}) AS backends WHERE random() <= ${share}`),
      );
      return undefined;
    },
  },
  {
    name: 'a process of PostgreSQL crashes',
    database: 'postgres',
    times: 2,
    losesSpans: false,
    async inject(scene) {
      const pids = await withPostgres(scene, 'dispo', async (client) => {
        const { rows } = await client.query<{ pid: number }>(BACKENDS);
        return rows.map(({ pid }) => pid);
      });
      if (pids.length === 0) return 'no process of a service is connected';
      // The server ends all other processes too, and recovers.
      process.kill(scene.random.pick(pids), 'SIGKILL');
      return undefined;
    },
  },
  {
    name: 'PostgreSQL connection cut inside a statement',
    database: 'postgres',
    times: 5,
    losesSpans: false,
    async inject(scene) {
      const { link } = postgresOf(scene);
      const before = link.cuts();
      link.cutInside(PART_OF_A_STATEMENT_BYTES);
      const end = performance.now() + CUT_WITHIN_MS;
      while (link.cuts() === before && performance.now() < end) await sleep(20);
      return link.cuts() === before ? 'no statement was long enough to be cut' : undefined;
    },
  },
  {
    name: 'PostgreSQL connections reset',
    database: 'postgres',
    times: 3,
    losesSpans: false,
    async inject(scene) {
      await postgresOf(scene).link.setMode('pass');
      return undefined;
    },
  },
  {
    name: 'PostgreSQL host gone without a reset',
    database: 'postgres',
    times: 1,
    losesSpans: false,
    async inject(scene) {
      // New connections work, as after a failover of the host's address.
      postgresOf(scene).link.mute();
      await endure(scene, 5_000, 20_000);
      return undefined;
    },
  },
  {
    name: 'PostgreSQL slow (500 ms)',
    database: 'postgres',
    times: 1,
    losesSpans: false,
    async inject(scene) {
      const { link } = postgresOf(scene);
      await link.setMode('slow');
      await endure(scene, 4_000, 15_000);
      await link.setMode('pass');
      return undefined;
    },
  },
];
