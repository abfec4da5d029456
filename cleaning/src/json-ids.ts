import { type SQL, sql } from '@hotel/database/drizzle';
import type { CleaningDatabase, Tables } from './schema.ts';

type IdColumn = Tables['stays']['booking_id'] | Tables['tasks']['id' | 'booking_id'];

/** Whether an id is in a JSON array, the value of a placeholder: the statement is the same for any number of ids. */
export function isInJson({ dialect }: CleaningDatabase, id: IdColumn, name: string): SQL {
  const ids = sql.placeholder(name);
  return dialect === 'sqlite'
    ? sql`${id} IN (SELECT value FROM json_each(${ids}))`
    : sql`${id} IN (SELECT CAST(value AS bigint) FROM jsonb_array_elements_text(CAST(${ids} AS jsonb)))`;
}
