import { join } from 'node:path';
import type { Database } from '@hotel/database';
import { type CleaningDatabase, withTables } from './schema.ts';

export interface DatabaseConfig {
  CLEANING_DATABASE_URL?: string | undefined;
  CLEANING_DATABASE_POOL_SIZE: number;
  HOTEL_DATA_DIR: string;
  HOTEL_SQLITE_SYNCHRONOUS: 'FULL' | 'NORMAL';
}

/**
 * Opens the database that the configuration selects, which the API and the worker share. The first to open it creates
 * the tables.
 */
export async function openDatabase(config: DatabaseConfig, process: string): Promise<CleaningDatabase> {
  const { CLEANING_DATABASE_URL: url } = config;
  return withTables(await (url === undefined ? openFile(config) : openServer(config, url, process)));
}

/** Loads the driver only where it is used: each takes memory. */
async function openFile(config: DatabaseConfig): Promise<Database> {
  const { asDatabase, openSqlite } = await import('@hotel/sqlite');
  const sqlite = await openSqlite({
    file: join(config.HOTEL_DATA_DIR, 'cleaning.sqlite'),
    migrations: new URL('../migrations/sqlite/', import.meta.url),
    namespace: 'cleaning',
    synchronous: config.HOTEL_SQLITE_SYNCHRONOUS,
  });
  return asDatabase(sqlite);
}

async function openServer(config: DatabaseConfig, url: string, applicationName: string): Promise<Database> {
  const { openPostgres } = await import('@hotel/postgres');
  return openPostgres({
    url,
    setting: 'CLEANING_DATABASE_URL',
    migrations: new URL('../migrations/postgres/', import.meta.url),
    poolSize: config.CLEANING_DATABASE_POOL_SIZE,
    applicationName,
  });
}
