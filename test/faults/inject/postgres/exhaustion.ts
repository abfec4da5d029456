import { Client } from 'pg';
import type { DatabaseName } from '../../databases.ts';
import { endure, type Fault, type Scene } from '../../fault.ts';
import { BACKENDS, postgresOf, withPostgres } from './server.ts';

const mainTables: Record<DatabaseName, string> = { dispo: 'bookings', cleaning: 'stays' };
/** A request that waits for a lock holds the connection that the others need. */
const SMALL_POOLS = { DISPO_DATABASE_POOL_SIZE: '1', CLEANING_DATABASE_POOL_SIZE: '1' };

/** PostgreSQL is up but has no connection or lock to spare. */
export const postgresExhaustion: Fault[] = [
  {
    name: 'PostgreSQL out of connections',
    database: 'postgres',
    times: 1,
    losesSpans: false,
    async inject(scene) {
      const taken: Client[] = [];
      try {
        await takeAllConnections(scene, taken);
        await endure(scene, 4_000, 15_000);
      } finally {
        await Promise.all(taken.map((client) => client.end()));
      }
      return undefined;
    },
  },
  {
    name: 'pools of connections exhausted',
    database: 'postgres',
    times: 1,
    losesSpans: false,
    unanswered: 'untaken',
    async inject(scene) {
      await restart(scene, SMALL_POOLS);
      await withLock(scene, 'dispo', () => withLock(scene, 'cleaning', () => endure(scene, 10_000, 30_000)));
      await restart(scene);
      return undefined;
    },
  },
  ...(['dispo', 'cleaning'] as const).map(
    (name): Fault => ({
      name: `${name} on PostgreSQL locked by another session`,
      database: 'postgres',
      times: 1,
      losesSpans: false,
      async inject(scene) {
        await withLock(scene, name, () => endure(scene, 4_000, 15_000));
        return undefined;
      },
    }),
  ),
];

/** Takes every connection of the server, including those of the services. */
async function takeAllConnections(scene: Scene, taken: Client[]): Promise<void> {
  await withPostgres(scene, 'dispo', async (control) => {
    do {
      await control.query(`SELECT pg_terminate_backend(pid) FROM (${BACKENDS}) AS backends`);
      while (await takeConnection(scene, taken));
    } while ((await control.query(BACKENDS)).rows.length > 0);
  });
}

async function takeConnection(scene: Scene, taken: Client[]): Promise<boolean> {
  const client = new Client({ connectionString: postgresOf(scene).server.url('postgres') });
  client.on('error', () => {});
  try {
    await client.connect();
  } catch {
    return false;
  }
  taken.push(client);
  return true;
}

/** Keeps others from writing to the main table of a database while `use` runs. */
async function withLock(scene: Scene, name: DatabaseName, use: () => Promise<void>): Promise<void> {
  await withPostgres(scene, name, async (client) => {
    await client.query(`BEGIN; LOCK TABLE ${mainTables[name]} IN EXCLUSIVE MODE`);
    await use();
    await client.query('ROLLBACK');
  });
}

async function restart({ world: { each } }: Scene, env?: Readonly<Record<string, string>>): Promise<void> {
  await each('dispo', (name, { start }) => start(name, env));
  await each('cleaning', (name, { start }) => start(name, env));
}
