import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { execute } from '@hotel/postgres/test';
import type { TracedSystem } from '@hotel/trace-test';

type Service = 'dispo' | 'cleaning';

/** What an operator may do with the databases of a hotel, by other means than its own commands. */
export interface Databases {
  /** Copies a database in use. The copy has no mark. */
  copy(name: Service): Promise<void>;
  /** Replaces the database of a stopped service by its copy. */
  restore(name: Service): Promise<void>;
  /** Deletes the data of a stopped service. */
  lose(name: Service): Promise<void>;
}

export function databasesOf({ system: { postgres }, dataDir }: TracedSystem): Databases {
  return postgres ? onServer((database) => postgres.url(database)) : inFiles(dataDir);
}

function inFiles(dataDir: string): Databases {
  const file = (name: string) => join(dataDir, `${name}.sqlite`);
  const lose = async (name: string) => {
    for (const end of ['', '-wal', '-shm']) await rm(file(name) + end, { force: true });
  };
  return {
    lose,
    async copy(name) {
      const source = new DatabaseSync(file(name));
      source.exec(`VACUUM INTO '${file('copy')}'`);
      source.close();
    },
    async restore(name) {
      await lose(name);
      await copyFile(file('copy'), file(name));
    },
  };
}

function onServer(url: (database: string) => string): Databases {
  const run = async (...statements: string[]) => {
    for (const statement of statements) await execute(url('postgres'), statement);
  };
  const drop = (name: string) => `DROP DATABASE ${name} WITH (FORCE)`;
  return {
    lose: (name) => run(drop(name), `CREATE DATABASE ${name}`),
    // A database with connections cannot be copied; the service opens new ones.
    copy: (name) =>
      run(
        `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`,
        `SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = '${name}'`,
        `CREATE DATABASE copy TEMPLATE ${name}`,
        `ALTER DATABASE ${name} ALLOW_CONNECTIONS true`,
      ),
    restore: (name) => run(drop(name), `CREATE DATABASE ${name} TEMPLATE copy`),
  };
}
