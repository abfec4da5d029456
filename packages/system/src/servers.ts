import { join } from 'node:path';
import type { Environment } from './environment.ts';
import { type PostgresServer, startPostgres } from './postgres/server.ts';
import type { OutputLine, UnexpectedExit } from './process/child.ts';
import { provideRedis, type RedisServer } from './redis/server.ts';
import type { System } from './types.ts';

export interface ServerOptions {
  /** Repository root, which keeps downloaded servers in `.hotel`. */
  root: string;
  dataDir: string;
  env: Environment;
  /** An existing Redis. */
  redisUrl: string | undefined;
  postgres: 'durable' | 'fast' | undefined;
  announce: ((text: string) => void) | undefined;
  onLine: ((line: OutputLine) => void) | undefined;
  onUnexpectedExit: (ended: UnexpectedExit) => void;
  readyTimeoutMs: number;
  signal: AbortSignal | undefined;
}

export interface Servers {
  redis: RedisServer | undefined;
  postgres: PostgresServer | undefined;
  redisUrl: string | undefined;
  /** By variable. */
  databaseUrls: Readonly<Record<string, string>>;
  stop(): Promise<void>;
  kill(): void;
}

/** Starts the private servers that a system needs. Rejects when one does not start; the other is then stopped. */
export async function startServers(system: System, options: ServerOptions): Promise<Servers> {
  const { root, env } = options;
  const databases = Object.entries(system.databases ?? {}).filter(([variable]) => env[variable] === undefined);
  await using started = new AsyncDisposableStack();
  const redis =
    system.redis && options.redisUrl === undefined
      ? started.adopt(await provideRedis({ ...options, serverDir: join(root, '.hotel/redis') }), (it) => it.stop())
      : undefined;
  const postgres =
    options.postgres && databases.length > 0
      ? started.adopt(
          await startPostgres({
            ...options,
            databases: databases.map(([, name]) => name),
            durable: options.postgres === 'durable',
            serverDir: join(root, '.hotel/postgres'),
          }),
          (it) => it.stop(),
        )
      : undefined;
  const stack = started.move();
  return {
    redis,
    postgres,
    redisUrl: options.redisUrl ?? redis?.url,
    databaseUrls: Object.fromEntries(
      postgres ? databases.map(([variable, name]) => [variable, postgres.url(name)]) : [],
    ),
    stop: () => stack.disposeAsync(),
    kill() {
      void redis?.kill('SIGKILL');
      void postgres?.kill('SIGKILL');
    },
  };
}
