import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../ports/ports.ts';
import { type Exit, type OutputLine, onUnaskedExit, type UnexpectedExit } from '../process/child.ts';
import { serverAccount } from './account.ts';
import { type Cluster, openCluster, USER } from './cluster.ts';
import { launchPostgres } from './launch.ts';
import { locatePostgres, postgresSearchPath } from './locate.ts';
import { childProcesses, isRunning, sendSignal } from './processes.ts';

const POLL_MS = 5;

export interface PostgresOptions {
  /** Parent of the folder `postgres`, which holds the data and the password. */
  dataDir: string;
  /** Databases to create together with the data folder. Their names need no quotes. */
  databases: readonly string[];
  /** False for tests: commits do not wait for the disk, so that only a crash of the machine loses them. Default: true. */
  durable?: boolean;
  /** Called before a download. */
  announce?: ((text: string) => void) | undefined;
  /** Default: a free port. */
  port?: number;
  /** Deletes the data of an earlier run first. */
  empty?: boolean;
  onLine?: ((line: OutputLine) => void) | undefined;
  /** Called when the server was ready and ends without `stop` or `kill`. */
  onUnexpectedExit?: ((ended: UnexpectedExit) => void) | undefined;
  /** Aborts a download. */
  signal?: AbortSignal | undefined;
  /** Time limit until it accepts connections. Default: a minute. */
  readyTimeoutMs?: number;
  /** Target folder of a download. Default: `.hotel/postgres` of this repository. */
  serverDir?: string;
  /** Search path for commands. Default: this process's PATH and the usual folders. */
  searchPath?: string;
}

/** A private PostgreSQL at 127.0.0.1 that keeps its port and data across `stop` and `start`. */
export interface PostgresServer {
  readonly port: number;
  /** Origin of the server, for messages. */
  readonly how: string;
  /** Process id of the running server. */
  readonly pid: number;
  /** Resolves when the running server ends, for any reason. */
  readonly exited: Promise<Exit>;
  /** `postgres://…` of one of its databases. The user is a superuser. */
  url(database: string): string;
  /** Closes connections, saves the data and exits ("fast shutdown"). */
  stop(): Promise<void>;
  /**
   * Sends a signal. SIGKILL, SIGSTOP and SIGCONT go to all processes of the server. For signals that end the server,
   * resolves when it has exited.
   */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts the server again on the same port after `stop` or `kill`; `empty` deletes its data first. */
  start(options?: { empty?: boolean }): Promise<void>;
}

/**
 * Starts a private PostgreSQL on a free port with its own data folder. Uses an installed server of version 15 or newer,
 * else downloads one. As root, it runs as `nobody`. Resolves when it accepts connections.
 * @throws SystemError that says how to install PostgreSQL when there is none
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const searchPath = options.searchPath ?? postgresSearchPath(process.env.PATH);
  const account = await serverAccount(searchPath);
  const binaries = await locatePostgres({
    into: options.serverDir ?? resolve(import.meta.dirname, '../../../../.hotel/postgres'),
    searchPath,
    announce: options.announce ?? (() => {}),
    signal: options.signal,
  });
  const port = options.port ?? ((await freePorts(1))[0] as number);
  const folder = resolve(options.dataDir, 'postgres');
  let cluster: Cluster;
  const { durable = true, onLine, readyTimeoutMs } = options;
  const begin = async (empty: boolean) => {
    if (empty) await rm(folder, { recursive: true, force: true });
    cluster = await openCluster(folder, options.databases, binaries, account);
    const started = await launchPostgres({
      binaries,
      account,
      data: cluster.data,
      port,
      durable,
      onLine,
      readyTimeoutMs,
    });
    if (options.onUnexpectedExit) onUnaskedExit(started, options.onUnexpectedExit);
    return started;
  };
  let server = await begin(options.empty ?? false);
  return {
    port,
    how: binaries.how,
    get pid() {
      return server.pid;
    },
    get exited() {
      return server.exited;
    },
    url: (database) => `postgres://${USER}:${cluster.password}@127.0.0.1:${port}/${database}`,
    async stop() {
      await server.stop();
    },
    async kill(signal) {
      const children = ['SIGKILL', 'SIGSTOP', 'SIGCONT'].includes(signal) ? childProcesses(server.pid) : [];
      server.kill(signal);
      for (const pid of children) sendSignal(pid, signal);
      if (['SIGSTOP', 'SIGCONT', 'SIGHUP'].includes(signal)) return;
      await server.exited;
      // The next server refuses to start while a process of this one still has the shared memory.
      while (children.some(isRunning)) await sleep(POLL_MS);
    },
    async start({ empty = false } = {}) {
      await server.stop();
      server = await begin(empty);
    },
  };
}
