import { integer, loadPostgres, sqliteTable, text } from './drizzle.ts';

/** Creates tables and columns. Schemas use no other types, so that both databases can have them. */
export interface ColumnFactory {
  table: typeof sqliteTable;
  integer: typeof integer;
  text: typeof text;
}

export const sqliteColumns: ColumnFactory = { table: sqliteTable, integer, text };

/**
 * The same columns for PostgreSQL. drizzle has other types for them, but builds the same statements: they are cast, so
 * that a schema and its statements are written once.
 */
export function postgresColumns(): ColumnFactory {
  const { customType, integer: pgInteger, pgTable, text: pgText } = loadPostgres();
  const json = customType<{ data: unknown }>({ dataType: () => 'jsonb', toDriver: JSON.stringify });
  const textOrJson = (config?: { mode?: 'json' }) => (config?.mode === 'json' ? json() : pgText(config as object));
  return { table: pgTable, integer: pgInteger, text: textOrJson } as unknown as ColumnFactory;
}
