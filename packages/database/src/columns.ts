import { integer, sqliteTable, text } from './drizzle.ts';

/** Creates tables and columns. Schemas use no other types, so that both databases can have them. */
export interface ColumnFactory {
  table: typeof sqliteTable;
  integer: typeof integer;
  text: typeof text;
}

export const sqliteColumns: ColumnFactory = { table: sqliteTable, integer, text };
