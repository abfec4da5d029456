import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, type ProcessSpec, startPostgres, startProcess } from '@hotel/system';
import { httpJson } from '@hotel/trace-test';
import { hotel } from 'dev/system';

interface StoredBooking {
  id: number;
  revision: number;
}

/** A dispo of one version. */
interface Version {
  book(stay: object): Promise<StoredBooking>;
  change(id: number, change: object): Promise<StoredBooking>;
  stop(): Promise<void>;
}

/** Versions of dispo on one PostgreSQL and one queue. Disposal stops them. */
export interface Versions extends AsyncDisposable {
  /** Starts dispo from the tree at `root`. Resolves when it is ready. */
  start(root: string): Promise<Version>;
}

export async function startVersions(redisUrl: string): Promise<Versions> {
  const open = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), 'hotel-versions-'));
  open.defer(() => rm(dataDir, { recursive: true, force: true }));
  const postgres = await startPostgres({ dataDir, databases: ['dispo'], durable: false });
  open.defer(() => postgres.stop());

  return {
    async start(root) {
      const [port, internalPort] = await freePorts(2);
      const env = {
        PATH: process.env.PATH ?? '',
        HOTEL_HOST: '127.0.0.1',
        DISPO_PORT: `${port}`,
        DISPO_INTERNAL_PORT: `${internalPort}`,
        DISPO_DATABASE_URL: postgres.url('dispo'),
        REDIS_URL: redisUrl,
        HOTEL_QUEUE_PREFIX: 'versions',
      };
      const spec = hotel.processes.find(({ name }) => name === 'dispo') as ProcessSpec;
      const dispo = await startProcess(spec, env, { root });
      const stop = async () => void (await dispo.stop());
      open.defer(stop);
      await dispo.ready();
      const ask = async (method: string, path: string, body: object, expected: number) => {
        const response = await httpJson<StoredBooking>(`http://127.0.0.1:${port}/api/v1/bookings${path}`, {
          method,
          body,
        });
        if (response.status === expected) return response.body;
        throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(response.body)}`);
      };
      return {
        book: (stay) => ask('POST', '', stay, 201),
        change: (id, change) => ask('PATCH', `/${id}`, change, 200),
        stop,
      };
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}
