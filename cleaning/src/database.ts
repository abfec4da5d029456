import { join } from 'node:path';
import { asDatabase, openSqlite } from '@hotel/sqlite';
import { type CleaningDatabase, withTables } from './schema.ts';

/** The database shared by the API and the worker. The first to open it creates the tables. */
export async function openDatabase(config: {
  HOTEL_DATA_DIR: string;
  HOTEL_SQLITE_SYNCHRONOUS: 'FULL' | 'NORMAL';
}): Promise<CleaningDatabase> {
  const sqlite = await openSqlite({
    file: join(config.HOTEL_DATA_DIR, 'cleaning.sqlite'),
    migrations: new URL('../migrations/', import.meta.url),
    namespace: 'cleaning',
    synchronous: config.HOTEL_SQLITE_SYNCHRONOUS,
  });
  return withTables(asDatabase(sqlite));
}
