import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Environment, processEnvironment, sharedEnvironment } from './environment.ts';
import { resolvePorts } from './ports/resolve-ports.ts';
import type { PostgresServer } from './postgres/server.ts';
import { type OutputLine, onUnaskedExit, type StopResult, type UnexpectedExit } from './process/child.ts';
import { type ProcessHandle, startProcess } from './process/process.ts';
import { readyTimeout } from './process/readiness.ts';
import type { RedisServer } from './redis/server.ts';
import { startServers } from './servers.ts';
import type { System } from './types.ts';

export interface StartOptions {
  /** Repository root; the processes' folders are relative to it. */
  root: string;
  /**
   * Overrides the system's values and the defaults. Only relevant variables are passed on (`OTEL_*`, `HOTEL_*`,
   * `*_PORT`, `*_URL`, ...); an empty value unsets a variable.
   */
  env?: Environment | undefined;
  /** `default`: the system's ports (or those in `env`), checked before anything starts; `free`: any free ports. */
  ports?: 'free' | 'default';
  /** Added to each of the system's ports that `env` does not set. */
  portOffset?: number | undefined;
  /** Data folder of the processes, Redis and PostgreSQL. */
  dataDir: string;
  /** An existing Redis. Default: `REDIS_URL` of `env`, else a private one. */
  redisUrl?: string | undefined;
  /**
   * Starts a private PostgreSQL for the system's databases that have no URL in `env`. `durable` commits to the disk;
   * `fast` does not, for tests. Default: none.
   */
  postgres?: 'durable' | 'fast' | undefined;
  /** Default: `OTEL_EXPORTER_OTLP_ENDPOINT` of `env`, else the system's viewer if it has one. */
  otlpEndpoint?: string | undefined;
  /** Called for every line of output. */
  onLine?: ((line: OutputLine) => void) | undefined;
  /** Called before each slow step. */
  announce?: ((text: string) => void) | undefined;
  /** Called when a ready process, Redis or PostgreSQL ends without having been stopped. */
  onUnexpectedExit?: ((ended: UnexpectedExit) => void) | undefined;
  /** Names of the processes to wait for. Default: all. */
  waitFor?: readonly string[] | undefined;
  /** Called once per process that becomes ready during the start, with the names of those still awaited. */
  onReady?: ((name: string, awaited: readonly string[]) => void) | undefined;
  /** Time limit per process. Default: `HOTEL_READY_TIMEOUT_MS` of `env`, else a minute. */
  readyTimeoutMs?: number | undefined;
  /** Aborts the start: running processes are stopped, and `startSystem` rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

export interface RunningSystem {
  /** Ports by variable: `ports.DISPO_PORT`. */
  readonly ports: Readonly<Record<string, number>>;
  /** URLs by variable: `urls.DISPO_PORT` is `http://127.0.0.1:8080`. */
  readonly urls: Readonly<Record<string, string>>;
  /** The environment shared by all processes. */
  readonly env: Readonly<Record<string, string>>;
  /** The private Redis; undefined when the system needs none or uses an existing one. */
  readonly redis: RedisServer | undefined;
  /** The private PostgreSQL; undefined without the option `postgres`. */
  readonly postgres: PostgresServer | undefined;
  /** Handles by name; `restart` replaces the handle. */
  readonly processes: ReadonlyMap<string, ProcessHandle>;
  /**
   * Stops the process if it is running, starts it with `env` added to its environment, and waits until it is ready.
   * `signal` aborts only the wait.
   */
  restart(name: string, env?: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<void>;
  /** Stops traced processes in reverse order, then Redis and PostgreSQL, then untraced processes. Never rejects. */
  stop(): Promise<Array<StopResult & { name: string }>>;
  /** Sends SIGKILL to everything. */
  kill(): void;
}

/**
 * Starts a system's servers and processes and waits until all are ready.
 * @throws SystemError when one does not become ready; the others are then stopped
 */
export async function startSystem(system: System, options: StartOptions): Promise<RunningSystem> {
  const { root, env: callers = {}, announce, signal, onLine } = options;
  const dataDir = resolve(options.dataDir);
  const ports = await resolvePorts(system, callers, options.ports ?? 'default', options.portOffset);
  const readyTimeoutMs = options.readyTimeoutMs ?? readyTimeout(callers);
  await mkdir(dataDir, { recursive: true });
  await system.prepare?.({ root, announce });
  signal?.throwIfAborted();

  let stopping = false;
  const onUnexpectedExit = (ended: UnexpectedExit) => {
    if (!stopping) options.onUnexpectedExit?.(ended);
  };
  const servers = await startServers(system, {
    root,
    dataDir,
    env: callers,
    redisUrl: options.redisUrl ?? (callers.REDIS_URL || undefined),
    postgres: options.postgres,
    announce,
    onLine,
    onUnexpectedExit,
    readyTimeoutMs,
    signal,
  });
  const env = sharedEnvironment(system, {
    ports,
    dataDir,
    redisUrl: servers.redisUrl,
    databaseUrls: servers.databaseUrls,
    otlpEndpoint: options.otlpEndpoint ?? callers.OTEL_EXPORTER_OTLP_ENDPOINT,
    env: callers,
  });
  // Saves a third of the startup time.
  const machine = { NODE_COMPILE_CACHE: join(root, '.hotel/compile-cache'), ...process.env };
  const processes = new Map<string, ProcessHandle>();

  const launch = async (
    name: string,
    extra: Readonly<Record<string, string>> = {},
    signal = options.signal,
  ): Promise<void> => {
    if (stopping) return;
    const spec = system.processes.find((process) => process.name === name);
    if (!spec) throw new Error(`The system ${system.name} has no process ${name}.`);
    const handle = await startProcess(
      spec,
      { ...processEnvironment(spec, env, callers, machine), ...extra },
      { root, onLine },
    );
    processes.set(name, handle);
    if (stopping) await handle.stop();
    if (options.waitFor?.includes(name) ?? true) await handle.ready(readyTimeoutMs, signal);
    onUnaskedExit(handle, onUnexpectedExit);
  };

  const stop = async () => {
    stopping = true;
    const results: Array<StopResult & { name: string }> = [];
    const stopAll = async (traced: boolean) => {
      for (const { name, traced: own } of system.processes.toReversed()) {
        const handle = own === traced && processes.get(name);
        if (handle) results.push({ name, ...(await handle.stop()) });
      }
    };
    await stopAll(true);
    await servers.stop();
    await stopAll(false);
    return results;
  };

  try {
    signal?.throwIfAborted();
    const awaited = new Set(system.processes.map(({ name }) => name));
    await inOrder(system, async (name) => {
      await launch(name);
      awaited.delete(name);
      options.onReady?.(name, [...awaited]);
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ports,
    urls: Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, `http://127.0.0.1:${port}`])),
    env,
    redis: servers.redis,
    postgres: servers.postgres,
    processes,
    async restart(name, extra, signal) {
      await processes.get(name)?.stop();
      await launch(name, extra, signal);
    },
    stop,
    kill() {
      stopping = true;
      for (const handle of processes.values()) handle.kill('SIGKILL');
      servers.kill();
    },
  };
}

/** Starts processes concurrently, each after those in its `after` list. Rejects with the first failure. */
async function inOrder(system: System, launch: (name: string) => Promise<void>): Promise<void> {
  const started = new Map<string, Promise<void>>();
  for (const { name, after = [] } of system.processes) {
    const before = after.map((other) => {
      const promise = started.get(other);
      if (promise) return promise;
      throw new Error(`${name} starts after ${other}, which is not among the processes before it.`);
    });
    started.set(
      name,
      Promise.all(before).then(() => launch(name)),
    );
  }
  await Promise.all(started.values());
}
