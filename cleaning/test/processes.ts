import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CLEANING_QUEUE } from '@hotel/contracts';
import { connectRedis } from '@hotel/redis';
import {
  freePorts,
  type OutputLine,
  type ProcessHandle,
  type ProcessSpec,
  provideRedis,
  startProcess,
} from '@hotel/system';
import { Queue } from 'bullmq';
import { type FakeDispo, startFakeDispo } from './fake-dispo.ts';
import { type eventOf, silent } from './fixtures.ts';

const root = resolve(import.meta.dirname, '../..');

function spec(name: string, entry: string, port: string): ProcessSpec {
  return {
    ...{ name, folder: 'cleaning', entry, traced: true, ports: {}, env: {} },
    ready: { port, path: '/readyz' },
  };
}

export const api = spec('cleaning', 'src/main.ts', 'CLEANING_INTERNAL_PORT');
export const worker = spec('cleaning-worker', 'src/worker.ts', 'WORKER_INTERNAL_PORT');
export const freezingWorker = spec('cleaning-worker', 'test/programs/freezing-worker.ts', 'WORKER_INTERNAL_PORT');

/** The processes of cleaning, with a fake dispo and, once started, a Redis of their own. */
export interface Processes extends AsyncDisposable {
  env: Record<string, string>;
  redisPort: number;
  dispo: FakeDispo;
  lines: OutputLine[];
  start(process: ProcessSpec, more?: Record<string, string>): Promise<ProcessHandle>;
  startRedis(): Promise<void>;
  send(event: ReturnType<typeof eventOf>): Promise<void>;
  /** Runs with the queue, over a connection of its own. */
  withQueue<T>(use: (queue: Queue) => Promise<T>): Promise<T>;
}

export async function openProcesses(databaseEnv: Record<string, string> = {}): Promise<Processes> {
  const open = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), 'hotel-cleaning-'));
  open.defer(() => rm(dataDir, { recursive: true, force: true }));
  const dispo = open.use(await startFakeDispo());
  const [publicPort, internalPort, workerPort, redisPort] = (await freePorts(4)) as [number, number, number, number];
  const lines: OutputLine[] = [];
  const env: Record<string, string> = {
    PATH: process.env.PATH ?? '',
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? '',
    HOTEL_HOST: '127.0.0.1',
    HOTEL_DATA_DIR: dataDir,
    HOTEL_JOB_LOCK_MS: '1000',
    CLEANING_PORT: String(publicPort),
    CLEANING_INTERNAL_PORT: String(internalPort),
    WORKER_INTERNAL_PORT: String(workerPort),
    DISPO_INTERNAL_URL: dispo.url,
    REDIS_URL: `redis://:sesame@127.0.0.1:${redisPort}`,
    ...databaseEnv,
  };

  async function withQueue<T>(use: (queue: Queue) => Promise<T>): Promise<T> {
    await using redis = connectRedis(env.REDIS_URL as string, silent, { forWorker: true });
    const queue = new Queue(CLEANING_QUEUE, { connection: redis, prefix: 'hotel' });
    try {
      return await use(queue);
    } finally {
      await queue.close();
    }
  }

  return {
    ...{ env, redisPort, dispo, lines, withQueue },
    async start(process, more = {}) {
      const handle = await startProcess(process, { ...env, ...more }, { root, onLine: (line) => lines.push(line) });
      open.defer(async () => void (await handle.stop()));
      return handle;
    },
    async startRedis() {
      const server = await provideRedis({ dataDir, port: redisPort });
      open.defer(() => server.stop());
      env.REDIS_URL = server.url;
    },
    send: (event) =>
      withQueue(async (queue) => {
        await queue.add(event.type, event, { jobId: event.id, removeOnComplete: true });
      }),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}
