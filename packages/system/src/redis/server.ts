import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ChildHandle,
  describeExit,
  type Exit,
  type OutputLine,
  onUnaskedExit,
  quoteLines,
  startChild,
  type UnexpectedExit,
} from '../child.ts';
import { SystemError } from '../error.ts';
import { freePorts } from '../ports.ts';
import { READY_TIMEOUT_MS } from '../readiness.ts';
import { locateRedis, type RedisBinary, standardSearchPath } from './locate.ts';
import { answeringPid } from './ping.ts';

const POLL_MS = 10;

export interface RedisOptions {
  /** Its data lies in `redis-data` below this folder. */
  dataDir: string;
  /** Told before anything is fetched. */
  announce?: ((text: string) => void) | undefined;
  /** Default: a free one. */
  port?: number;
  /** Start without the data that an earlier run left. */
  empty?: boolean;
  onLine?: ((line: OutputLine) => void) | undefined;
  /** Called when it ends after it had answered, and neither `stop` nor `kill` was called. */
  onUnexpectedExit?: ((ended: UnexpectedExit) => void) | undefined;
  /** Ends a fetch. */
  signal?: AbortSignal | undefined;
  /** How long it may take to answer. Default: a minute. */
  readyTimeoutMs?: number;
  /** Where the distribution's package is unpacked to. Default: `.hotel/redis` of this repository. */
  serverDir?: string;
  /** Where to look for commands. Default: this process's PATH. */
  searchPath?: string;
}

/** A private Redis at 127.0.0.1. It keeps its port and its data over `stop` and `start`. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Where the server is from, for people. */
  readonly how: string;
  /** Of the server that runs now. */
  readonly pid: number;
  /** Of the server that runs now: settles when it has ended, whoever ended it. */
  readonly exited: Promise<Exit>;
  /** SIGTERM: Redis writes what it has and ends. */
  stop(): Promise<void>;
  /** Sends a signal; after SIGKILL and SIGTERM resolves when the server is gone. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts it again at the same port, after `stop` or `kill`; `empty`: as one that has lost everything. */
  start(options?: { empty?: boolean }): Promise<void>;
}

/**
 * Starts a Redis of our own: append-only, on a free port, with its own data folder, no configuration from elsewhere. The
 * server is one that is installed, else the distribution's package unpacked (Debian, Ubuntu). Resolves when it answers PING; throws a
 * `SystemError` that names the ways to a Redis when there is none.
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
  { onLine, readyTimeoutMs = READY_TIMEOUT_MS }: RedisOptions,
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
  };
  const server = await startChild({
    name: 'redis',
    command: binary.command,
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    cwd: dir,
    env: {
      PATH: process.env.PATH ?? '',
      ...(binary.libraryPath ? { LD_LIBRARY_PATH: binary.libraryPath } : {}),
    },
    // What it says while it starts is advice for administrators of real ones, and its farewell is no news.
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
