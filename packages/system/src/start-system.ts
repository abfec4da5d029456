import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type OutputLine, onUnaskedExit, type StopResult, type UnexpectedExit } from './child.ts';
import { type Environment, processEnvironment, sharedEnvironment } from './environment.ts';
import { type ProcessHandle, startProcess } from './process.ts';
import { readyTimeout } from './readiness.ts';
import { provideRedis, type RedisServer } from './redis/server.ts';
import { resolvePorts } from './resolve-ports.ts';
import type { System } from './types.ts';

export interface StartOptions {
  /** The repository's root: the folders of the processes are relative to it. */
  root: string;
  /** Overrides what the system and the defaults say. Only what concerns the processes is passed on (`OTEL_*`, `HOTEL_*`, `*_PORT`, `*_URL`, ...); empty: not set at all. */
  env?: Environment | undefined;
  /** `default`: the ports in the system's data (and in `env`), checked before anything starts; `free`: any that are free. */
  ports?: 'free' | 'default';
  /** Added to each port that the system's data names and `env` does not. */
  portOffset?: number | undefined;
  /** Where the processes and Redis keep their data. */
  dataDir: string;
  /** A Redis that runs already. Default: `REDIS_URL` of `env`, else a private one. */
  redisUrl?: string | undefined;
  /** Where spans go. Default: `OTEL_EXPORTER_OTLP_ENDPOINT` of `env`, else the system's own viewer when it has one. */
  otlpEndpoint?: string | undefined;
  /** Every line that a process writes. */
  onLine?: ((line: OutputLine) => void) | undefined;
  /** Told what takes long, before it is done. */
  announce?: ((text: string) => void) | undefined;
  /** Called when a process that had been ready, or Redis, ends and nobody asked for it. */
  onUnexpectedExit?: ((ended: UnexpectedExit) => void) | undefined;
  /** Names of the processes to wait for; the others are only started. Default: all. */
  waitFor?: readonly string[] | undefined;
  /** Called once for each process that has become ready at the start, with those that are still awaited. */
  onReady?: ((name: string, awaited: readonly string[]) => void) | undefined;
  /** How long each process may take. Default: `HOTEL_READY_TIMEOUT_MS` of `env`, else a minute. */
  readyTimeoutMs?: number | undefined;
  /** Ends the start: what runs by then is stopped, and `startSystem` rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

export interface RunningSystem {
  /** By variable: `ports.DISPO_PORT`. */
  readonly ports: Readonly<Record<string, number>>;
  /** By variable: `urls.DISPO_PORT` is `http://127.0.0.1:8080`. */
  readonly urls: Readonly<Record<string, string>>;
  /** What all processes share of their environment. */
  readonly env: Readonly<Record<string, string>>;
  /** The private Redis; undefined when the system needs none or was given one. */
  readonly redis: RedisServer | undefined;
  /** By name; `restart` puts a new handle in. */
  readonly processes: ReadonlyMap<string, ProcessHandle>;
  /**
   * Stops the process when it runs, starts it anew with `env` on top of its environment, and waits until it is ready. `signal`
   * ends the waiting only.
   */
  restart(name: string, env?: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<void>;
  /** Ends everything in order: traced processes from the last to the first, Redis, then what receives their spans. Never rejects. */
  stop(): Promise<Array<StopResult & { name: string }>>;
  /** SIGKILL for everything, at once. */
  kill(): void;
}

/**
 * Starts a system's Redis and processes and waits until all are ready. When one does not get there, the others are stopped and
 * the promise rejects with a `SystemError` that says why.
 */
export async function startSystem(system: System, options: StartOptions): Promise<RunningSystem> {
  const { root, env: callers = {}, announce, signal, onLine } = options;
  const dataDir = resolve(options.dataDir);
  const ports = await resolvePorts(system, callers, options.ports ?? 'default', options.portOffset);
  const readyTimeoutMs = options.readyTimeoutMs ?? readyTimeout(callers);
  await mkdir(dataDir, { recursive: true });
  signal?.throwIfAborted();

  let stopping = false;
  const onUnexpectedExit = (ended: UnexpectedExit) => {
    if (!stopping) options.onUnexpectedExit?.(ended);
  };
  const redisUrl = options.redisUrl ?? (callers.REDIS_URL || undefined);
  const redis =
    system.redis && redisUrl === undefined
      ? await provideRedis({
          dataDir,
          announce,
          onLine,
          onUnexpectedExit,
          signal,
          readyTimeoutMs,
          serverDir: join(root, '.hotel/redis'),
        })
      : undefined;
  const env = sharedEnvironment(system, {
    ports,
    dataDir,
    redisUrl: redisUrl ?? redis?.url,
    otlpEndpoint: options.otlpEndpoint ?? callers.OTEL_EXPORTER_OTLP_ENDPOINT,
    env: callers,
  });
  // What Node has compiled once: saves a third of the time to start.
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
    await redis?.stop();
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
    redis,
    processes,
    async restart(name, extra, signal) {
      await processes.get(name)?.stop();
      await launch(name, extra, signal);
    },
    stop,
    kill() {
      stopping = true;
      for (const handle of processes.values()) handle.kill('SIGKILL');
      void redis?.kill('SIGKILL');
    },
  };
}

/** Starts everything at once, except that a process waits for those it names in `after`. The first failure is the result. */
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
