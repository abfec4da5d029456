import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PostgresServer, type ProcessSpec, type RunningSystem, startSystem } from '@hotel/system';
import { hotel } from 'dev/system';
import { imageSettings } from './image.ts';
import { type Generator, startGenerator } from './load/start.ts';
import { root } from './machine/describe.ts';
import { resources } from './resources.ts';
import { type CountingSink, startSink } from './sink/start.ts';

export interface TestbedOptions {
  processes: ProcessSpec[];
  env?: Record<string, string>;
  /** Where spans go: a separate sink (the default), or telemetry is off. */
  traced?: boolean;
  /** HTTP/2 window of the sink. */
  windowBytes?: number;
  /** Folder with initial data. Default: an empty folder, removed afterwards. */
  dataDir?: string;
  redisUrl?: string;
  /** A private PostgreSQL for the databases of the services, which commits to the disk. Default: SQLite. */
  postgres?: boolean;
  /** Root of the checkout whose processes run. Default: this one. */
  root?: string;
}

/** Processes to measure, with their own Redis, data and ports. */
export interface Testbed extends AsyncDisposable {
  readonly dataDir: string;
  readonly redisUrl: string;
  /** Undefined without PostgreSQL. */
  readonly postgres: PostgresServer | undefined;
  /** Process id of the private Redis; undefined with another Redis. */
  readonly redisPid: number | undefined;
  readonly sink: CountingSink | undefined;
  readonly generator: Generator;
  readonly env: Readonly<Record<string, string>>;
  port(name: string): number;
  pid(process: string): number;
  /** Shuts one process down gracefully: the sink then has its last spans. */
  stop(process: string): Promise<void>;
}

/** A process of the hotel with the settings of its image, rather than those of the embedded run on a laptop. */
export function processOf(name: string, change: Partial<ProcessSpec> = {}): ProcessSpec {
  const spec = hotel.processes.find((process) => process.name === name);
  if (!spec) throw new Error(`the hotel has no process ${name}`);
  const image = imageSettings(spec.folder);
  return {
    ...spec,
    ...change,
    nodeArgs: [...image.nodeArgs, ...(change.nodeArgs ?? [])],
    env: { ...(change.env ?? spec.env), ...image.env },
  };
}

/**
 * Settings with which every booking does the same work. By default, dispo keeps events in the outbox once the queue has
 * 10,000 jobs; without a worker, a variant that is faster would publish a smaller part of them.
 */
export const noLimits = { HOTEL_QUEUE_MAX_JOBS: '10000000', HOTEL_OUTBOX_SWEEP_MS: '3600000' };

/** dispo without cleaning. */
export const dispoAlone = ({ env, ...change }: Partial<ProcessSpec> = {}): ProcessSpec =>
  processOf('dispo', { env: { CLEANING_INTERNAL_URL: 'http://127.0.0.1:9', ...noLimits, ...env }, ...change });

export async function startTestbed(options: TestbedOptions): Promise<Testbed> {
  const { processes, env = {}, traced = true, redisUrl, postgres } = options;
  resources.signal.throwIfAborted();
  await using undo = new AsyncDisposableStack();
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'hotel-bench-')));
  if (!options.dataDir) undo.defer(() => rm(dataDir, { recursive: true, force: true }));
  const sink = traced ? undo.use(await startSink(options.windowBytes)) : undefined;
  const generator = undo.use(await startGenerator());
  const endpoint = sink?.endpoint ?? '';
  const running: RunningSystem = await startSystem(
    { ...hotel, processes },
    {
      root: options.root ?? root,
      dataDir,
      ports: 'free',
      otlpEndpoint: endpoint,
      redisUrl,
      postgres: postgres ? 'durable' : undefined,
      // As in production; the embedded run exports more often.
      env: { OTEL_BSP_SCHEDULE_DELAY: '5000', HOTEL_TRACE_EDGE: 'restart', ...env, PEER_OTLP_URL: endpoint },
      signal: resources.signal,
    },
  );
  undo.defer(async () => {
    await running.stop();
  });
  const owned = undo.move();
  const release = resources.own(owned);
  return {
    dataDir,
    redisUrl: running.env.REDIS_URL ?? '',
    postgres: running.postgres,
    redisPid: running.redis?.pid,
    sink,
    generator,
    env: running.env,
    port: (name) => running.ports[name] ?? 0,
    pid(name) {
      const handle = running.processes.get(name);
      if (!handle) throw new Error(`${name} does not run`);
      return handle.pid;
    },
    async stop(name) {
      await running.processes.get(name)?.stop();
    },
    async [Symbol.asyncDispose]() {
      release();
      await owned.disposeAsync();
    },
  };
}
