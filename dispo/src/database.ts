import { join } from 'node:path';
import type { Database } from '@hotel/database';
import type { Config } from './config.ts';
import { type DispoDatabase, withTables } from './schema.ts';

/** Opens the database that the configuration selects, and applies its migrations. */
export async function openDatabase(config: Config): Promise<DispoDatabase> {
  return withTables(await (config.DISPO_DATABASE_URL === undefined ? openFile(config) : openServer(config)));
}

/** Loads the driver only where it is used: each takes memory. */
async function openFile(config: Config): Promise<Database> {
  const { asDatabase, openSqlite } = await import('@hotel/sqlite');
  const sqlite = await openSqlite({
    file: join(config.HOTEL_DATA_DIR, 'dispo.sqlite'),
    migrations: new URL('../migrations/sqlite/', import.meta.url),
    namespace: 'dispo',
    synchronous: config.HOTEL_SQLITE_SYNCHRONOUS,
  });
  return asDatabase(sqlite);
}

async function openServer({
  DISPO_DATABASE_URL: url = '',
  DISPO_DATABASE_POOL_SIZE: poolSize,
}: Config): Promise<Database> {
  const { openPostgres } = await import('@hotel/postgres');
  return openPostgres({
    url,
    setting: 'DISPO_DATABASE_URL',
    migrations: new URL('../migrations/postgres/', import.meta.url),
    poolSize,
    applicationName: 'dispo',
  });
}
