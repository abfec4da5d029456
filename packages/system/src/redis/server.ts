import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SystemError } from '../error.ts';
import { freePorts } from '../ports/ports.ts';
import {
  type ChildHandle,
  describeExit,
  type Exit,
  type OutputLine,
  onUnaskedExit,
  quoteLines,
  startChild,
  type UnexpectedExit,
} from '../process/child.ts';
import { READY_TIMEOUT_MS } from '../process/readiness.ts';
import { locateRedis, type RedisBinary, standardSearchPath } from './locate.ts';
import { answeringPid } from './ping.ts';

const POLL_MS = 10;

export interface RedisOptions {
  /** Parent of the folder `redis-data`, which holds the data. */
  dataDir: string;
  /** Called before a download. */
  announce?: ((text: string) => void) | undefined;
  /** Default: a free port. */
  port?: number;
  /** Settings in addition to the default ones: `{ 'cluster-enabled': 'yes' }`. */
  settings?: Readonly<Record<string, string>>;
  /** Arguments instead of all settings: a configuration file and `--sentinel`. */
  args?: readonly string[];
  /** Deletes the data of an earlier run first. */
  empty?: boolean;
  onLine?: ((line: OutputLine) => void) | undefined;
  /** Called when the server was ready and ends without `stop` or `kill`. */
  onUnexpectedExit?: ((ended: UnexpectedExit) => void) | undefined;
  /** Aborts a download. */
  signal?: AbortSignal | undefined;
  /** Time limit until the first reply. Default: a minute. */
  readyTimeoutMs?: number;
  /** Target folder for the distribution's package. Default: `.hotel/redis` of this repository. */
  serverDir?: string;
  /** Search path for commands. Default: this process's PATH. */
  searchPath?: string;
}

/** A private Redis at 127.0.0.1 that keeps its port and data across `stop` and `start`. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Origin of the server, for messages. */
  readonly how: string;
  /** Process id of the running server. */
  readonly pid: number;
  /** Resolves when the running server ends, for any reason. */
  readonly exited: Promise<Exit>;
  /** Sends SIGTERM: Redis saves its data and exits. */
  stop(): Promise<void>;
  /** Sends a signal; for SIGKILL and SIGTERM, resolves when the server has exited. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts the server again on the same port after `stop` or `kill`; `empty` deletes its data first. */
  start(options?: { empty?: boolean }): Promise<void>;
}

/**
 * Starts a private Redis: append-only, on a free port, with its own data folder and no other configuration. Uses an
 * installed server, else the distribution's package unpacked (Debian, Ubuntu). Resolves when it answers PING.
 * @throws SystemError that lists the ways to get a Redis when there is none
 */
export async function provideRedis(options: RedisOptions): Promise<RedisServer> {
  const binary = await locateRedis({
    into: options.serverDir ?? resolve(import.meta.dirname, '../../../../.hotel/redis'),
    searchPath: options.searchPath ?? standardSearchPath(process.env.PATH),
    announce: options.announce ?? (() => {}),
    signal: options.signal,
  });
  const port = options.port ?? ((await freePorts(1))[0] as number);
  const dir = join(options.dataDir, 'redis-data');
  const begin = async (empty: boolean) => {
    if (empty) await rm(dir, { recursive: true, force: true });
    await mkdir(dir, { recursive: true });
    const started = await launch(binary, port, dir, options);
    if (options.onUnexpectedExit) onUnaskedExit(started, options.onUnexpectedExit);
    return started;
  };
  let server = await begin(options.empty ?? false);
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    how: binary.how,
    get pid() {
      return server.pid;
    },
    get exited() {
      return server.exited;
    },
    async stop() {
      await server.stop();
    },
    async kill(signal) {
      server.kill(signal);
      if (signal === 'SIGKILL' || signal === 'SIGTERM') await server.exited;
    },
    async start({ empty = false } = {}) {
      await server.stop();
      server = await begin(empty);
    },
  };
}

async function launch(
  binary: RedisBinary,
  port: number,
  dir: string,
  { onLine, readyTimeoutMs = READY_TIMEOUT_MS, settings: added, args }: RedisOptions,
): Promise<ChildHandle> {
  let answering: ChildHandle | undefined;
  const settings = {
    bind: '127.0.0.1',
    port: String(port),
    dir,
    daemonize: 'no',
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '',
    'maxmemory-policy': 'noeviction',
    loglevel: 'warning',
    ...added,
  };
  const server = await startChild({
    name: 'redis',
    command: binary.command,
    args: args ?? Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    cwd: dir,
    env: {
      PATH: process.env.PATH ?? '',
      ...(binary.libraryPath ? { LD_LIBRARY_PATH: binary.libraryPath } : {}),
    },
    // Hides the startup output, which is advice for production servers, and the output during shutdown.
    onLine: (line) => answering && !answering.asked() && onLine?.(line),
  });
  let exit: Exit | undefined;
  void server.exited.then((how) => {
    exit = how;
  });
  const giveUpAt = Date.now() + readyTimeoutMs;
  while ((await answeringPid(port)) !== server.pid) {
    if (exit || Date.now() > giveUpAt) {
      const problem = exit
        ? `ended with ${describeExit(exit)}`
        : `does not answer after ${readyTimeoutMs / 1000} s (HOTEL_READY_TIMEOUT_MS)`;
      const text = `Redis (${binary.how}) ${problem}. Its data is in ${dir}.${quoteLines(server.lastLines())}`;
      await server.stop();
      throw new SystemError(text);
    }
    await sleep(POLL_MS);
  }
  answering = server;
  return server;
}
