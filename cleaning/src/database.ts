import { join } from 'node:path';
import { openSqlite, type Sqlite } from '@hotel/sqlite';

/** The database shared by the API and the worker. The first to open it creates the tables. */
export function openDatabase(config: {
  HOTEL_DATA_DIR: string;
  HOTEL_SQLITE_SYNCHRONOUS: 'FULL' | 'NORMAL';
}): Promise<Sqlite> {
  return openSqlite({
    file: join(config.HOTEL_DATA_DIR, 'cleaning.sqlite'),
    migrations: new URL('../migrations/', import.meta.url),
    namespace: 'cleaning',
    synchronous: config.HOTEL_SQLITE_SYNCHRONOUS,
  });
}
