import type { Checks } from '@hotel/http';
import type { openSqlite } from '@hotel/sqlite';
import { sql } from '@hotel/sqlite/drizzle';

/** A service that owns a database is ready while the database responds. */
export function databaseCheck(sqlite: Awaited<ReturnType<typeof openSqlite>>): Checks {
  const check = async () => {
    await sqlite.read(() => sqlite.orm.get(sql`SELECT 1`));
    return 'answers';
  };
  return { database: { fatal: true, check } };
}
