import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SystemError } from '../error.ts';
import {
  type ChildHandle,
  describeExit,
  type Exit,
  type OutputLine,
  quoteLines,
  startChild,
} from '../process/child.ts';
import { READY_TIMEOUT_MS } from '../process/readiness.ts';
import type { Account } from './account.ts';
import { serverEnvironment } from './cluster.ts';
import type { PostgresBinaries } from './locate.ts';

const POLL_MS = 10;

export interface LaunchOptions {
  binaries: PostgresBinaries;
  account: Account;
  /** The cluster's data folder. */
  data: string;
  port: number;
  durable: boolean;
  onLine?: ((line: OutputLine) => void) | undefined;
  readyTimeoutMs?: number | undefined;
}

/** Starts the server of a cluster and resolves when it accepts connections. */
export async function launchPostgres({
  binaries,
  account,
  data,
  port,
  durable,
  onLine,
  readyTimeoutMs = READY_TIMEOUT_MS,
}: LaunchOptions): Promise<ChildHandle> {
  let ready: ChildHandle | undefined;
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '200',
    jit: 'off',
    timezone: 'GMT',
    log_timezone: 'GMT',
    // Services report failed statements. The server would log them with their values.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_checkpoints: 'off',
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const [command, ...args] = [...account.prefix, join(binaries.folder, 'postgres'), '-D', data, ...flags];
  const server = await startChild({
    name: 'postgres',
    command: command as string,
    args,
    cwd: data,
    env: serverEnvironment(binaries),
    // SIGTERM would wait until every client has disconnected.
    stopSignal: 'SIGINT',
    // Hides the output during startup and shutdown.
    onLine: (line) => ready && !ready.asked() && onLine?.(line),
  });
  let exit: Exit | undefined;
  void server.exited.then((how) => {
    exit = how;
  });
  const giveUpAt = Date.now() + readyTimeoutMs;
  while (!(await isReady(data, server.pid))) {
    if (exit || Date.now() > giveUpAt) {
      const problem = exit
        ? `ended with ${describeExit(exit)}`
        : `is not ready after ${readyTimeoutMs / 1000} s (HOTEL_READY_TIMEOUT_MS)`;
      const text = `${binaries.how} ${problem}. Its data is in ${data}.${quoteLines(server.lastLines())}`;
      await server.stop();
      throw new SystemError(text);
    }
    await sleep(POLL_MS);
  }
  ready = server;
  return server;
}

/** Reads the lock file as `pg_ctl --wait` does: line 1 is the process id, line 8 the status. */
async function isReady(data: string, pid: number): Promise<boolean> {
  const lines = (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
}
