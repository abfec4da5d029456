import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, provideRedis, type RedisServer, type RunningSystem, type System, startSystem } from '@hotel/system';
import { type Link, startLink } from '@hotel/system/test';
import { httpJson, type Sink, startSink } from '@hotel/trace-test';
import { findLeaks } from '../leaks.ts';
import type { Cut } from '../mutations/table.ts';
import { type DatabaseKind, type Databases, openPostgres, openSqlite } from './databases.ts';
import { createJournal } from './journal.ts';
import { GUEST, NOT_SAMPLED } from './load/client.ts';
import { createReplicas, PROCESSES, type ProcessName, type Replicas, scaledHotel } from './replicas.ts';

/** Short detection times, so that a round is short. Everything else is as in production. */
const FAST = {
  HOTEL_OUTBOX_SWEEP_MS: '500',
  HOTEL_JOB_BACKOFF_MS: '250',
  HOTEL_JOB_LOCK_MS: '2000',
  HOTEL_CLEANING_TIMEOUT_MS: '1000',
};
const MORE_ROOMS = 30;
const ROOT = join(import.meta.dirname, '../..');

/** The hotel, with controllable links between its processes. */
export interface World extends AsyncDisposable {
  readonly system: RunningSystem;
  readonly replicas: Replicas;
  readonly redis: RedisServer;
  readonly databases: Databases;
  readonly sink: Sink;
  /** The links between the processes. */
  readonly links: { redis: Link; toDispo: Link; toCleaning: Link };
  readonly rooms: ReadonlyMap<number, string>;
  readonly dataDir: string;
  url(portName: string): string;
  /** Does something to every process of a service at once. */
  each<T>(service: ProcessName, action: (name: string, replicas: Replicas) => T | Promise<T>): Promise<T[]>;
  /** Sets the clock offset of every process, in milliseconds. */
  setClock(offsetMs: number): Promise<void>;
  /** Event ids applied more than once according to the worker's log, since the last call. */
  takeAppliedTwice(): string[];
  /** Processes that exited unexpectedly, since the last call. */
  takeDeaths(): string[];
  /** Guests' data in spans, metrics and, since the last call, log lines. */
  takeLeaks(): Promise<string[]>;
}

export interface WorldOptions {
  /** Source changes applied in every process; see `test/mutations`. */
  cuts?: Cut[];
  env?: Readonly<Record<string, string>>;
  /** Default: SQLite. */
  database?: DatabaseKind;
  /** Processes of each service. More than one need PostgreSQL. */
  scale?: number;
}

/** Node flags for modules to preload. */
export const preloadOf = (file: URL) => ['--import', file.href];
const CLOCK = new URL('clock.ts', import.meta.url);
/** Applies the source changes in `HOTEL_TEST_CUTS` at load time. */
export const CUT = new URL('../mutations/cut.ts', import.meta.url);

export async function startWorld({
  cuts = [],
  env = {},
  database = 'sqlite',
  scale = 1,
}: WorldOptions = {}): Promise<World> {
  await using undo = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), 'hotel-faults-'));
  undo.defer(() => rm(dataDir, { recursive: true, force: true }));
  const clockFile = join(dataDir, 'clock');
  const sink = undo.use(await startSink());
  const redis = await provideRedis({ dataDir });
  undo.defer(() => redis.stop());
  const journal = createJournal();
  const databases = undo.use(
    database === 'sqlite' ? openSqlite(dataDir) : await openPostgres(dataDir, { onUnexpectedExit: journal.died }),
  );
  const [dispoPort = 0, cleaningPort = 0] = await freePorts(2);
  const links = {
    redis: undo.use(await startLink(redis.port)),
    toDispo: undo.use(await startLink(dispoPort)),
    toCleaning: undo.use(await startLink(cleaningPort)),
  };
  const system = await startSystem(withPreloads(scaledHotel(scale), cuts), {
    root: ROOT,
    dataDir,
    ports: 'free',
    redisUrl: `redis://127.0.0.1:${links.redis.port}`,
    otlpEndpoint: sink.endpoint,
    env: {
      ...FAST,
      ...databases.env,
      ...env,
      DISPO_INTERNAL_PORT: String(dispoPort),
      CLEANING_INTERNAL_PORT: String(cleaningPort),
      DISPO_INTERNAL_URL: `http://127.0.0.1:${links.toDispo.port}`,
      CLEANING_INTERNAL_URL: `http://127.0.0.1:${links.toCleaning.port}`,
      HOTEL_TEST_CUTS: JSON.stringify(cuts),
      HOTEL_TEST_CLOCK: clockFile,
    },
    onLine: journal.read,
    onUnexpectedExit: journal.died,
  });
  undo.defer(async () => {
    await system.stop();
  });
  const url = (portName: string) => system.urls[portName] as string;
  const rooms = await furnish(url('DISPO_PORT'));
  const resources = undo.move();
  const replicas = createReplicas(system, scale);
  return {
    system,
    replicas,
    redis,
    databases,
    sink,
    links,
    rooms,
    dataDir,
    url,
    each: (service, action) => Promise.all(replicas.of(service).map(async (name) => action(name, replicas))),
    setClock: (offsetMs) => setClock(clockFile, offsetMs, replicas),
    takeAppliedTwice: journal.takeAppliedTwice,
    takeDeaths: journal.takeDeaths,
    takeLeaks: () => findLeaks({ sink, ports: system.ports, lines: journal.takeLeakingLines }, [GUEST]),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

function withPreloads(system: System, cuts: Cut[]): System {
  const preloads = [...preloadOf(CLOCK), ...(cuts.length > 0 ? preloadOf(CUT) : [])];
  const processes = system.processes.map((spec) => ({ ...spec, nodeArgs: [...(spec.nodeArgs ?? []), ...preloads] }));
  return { ...system, processes };
}

/** More rooms, so that some thousand bookings do not fill the hotel. */
async function furnish(dispoUrl: string): Promise<ReadonlyMap<number, string>> {
  for (let i = 1; i <= MORE_ROOMS; i++) {
    const number = String(200 + i);
    await httpJson(`${dispoUrl}/api/v1/rooms`, {
      method: 'POST',
      headers: NOT_SAMPLED,
      body: { number, name: `Room ${number}` },
    });
  }
  const { body } = await httpJson<Array<{ id: number; number: string }>>(`${dispoUrl}/api/v1/rooms?limit=200`, {
    headers: NOT_SAMPLED,
  });
  return new Map(body.map(({ id, number }) => [id, number]));
}

async function setClock(file: string, offsetMs: number, replicas: Replicas): Promise<void> {
  await writeFile(`${file}.new`, String(offsetMs));
  await rename(`${file}.new`, file);
  for (const name of PROCESSES.flatMap(replicas.of)) replicas.signal(name, 'SIGUSR2');
}
