import { join } from 'node:path';
import { asDatabase, openSqlite } from '@hotel/sqlite';
import type { Config } from './config.ts';
import { type DispoDatabase, withTables } from './schema.ts';

/** Opens the database that the configuration selects, and applies its migrations. */
export async function openDatabase(config: Config): Promise<DispoDatabase> {
  const sqlite = await openSqlite({
    file: join(config.HOTEL_DATA_DIR, 'dispo.sqlite'),
    migrations: new URL('../migrations/', import.meta.url),
    namespace: 'dispo',
    synchronous: config.HOTEL_SQLITE_SYNCHRONOUS,
  });
  return withTables(asDatabase(sqlite));
}
