import type { BookingEventData } from '@hotel/contracts';
import type { Step } from '@hotel/database';
import { getTableColumns, type SQL, sql } from '@hotel/database/drizzle';
import type { DispoDatabase, OutboxRow, Tables } from '../schema.ts';

/** A row whose data is still JSON text. */
export type EncodedRow = Omit<OutboxRow, 'data'> & { data: string };

/** All columns, with the data as text. */
export function encodedColumns({ tables: { outbox } }: DispoDatabase) {
  return { ...getTableColumns(outbox), data: sql<string>`CAST(${outbox.data} AS text)`.as('data') };
}

/** Whether an id is in a JSON array of ids: the statement has the same text for any number of them. */
export function isIn({ dialect }: DispoDatabase, id: Tables['outbox']['id'], name: string): SQL {
  const ids = sql.placeholder(name);
  return dialect === 'sqlite'
    ? sql`${id} IN (SELECT value FROM json_each(${ids}))`
    : sql`${id} IN (SELECT jsonb_array_elements_text(CAST(${ids} AS jsonb)))`;
}

/** A placeholder for each column that an event is inserted with. */
export function insertValues() {
  const p = sql.placeholder;
  return {
    id: p('id'),
    booking_id: p('booking_id'),
    type: p('type'),
    time: p('time'),
    traceparent: p('traceparent'),
    tracestate: p('tracestate'),
    baggage: p('baggage'),
  };
}

/** Statements that differ between the databases. */
export interface OwnStatements {
  /** Inserts an event, and the current epoch into its data. @returns that epoch */
  insert(row: Omit<OutboxRow, 'attempt' | 'data'> & { data: Omit<BookingEventData, 'epoch'> }): Step<string>;
  /**
   * Reserves events for this relay, and counts another publication of those in `again`.
   * @returns the events that are still unconfirmed and that no other relay has reserved
   */
  claim(ids: string[], again: string[]): Step<EncodedRow[]>;
}
