import type { ColumnFactory, Database } from '@hotel/database';

export const stayStatuses = ['booked', 'checked_in', 'checked_out', 'cancelled'] as const;
export type StayStatus = (typeof stayStatuses)[number];

/** cleaning's database, with its tables for the statements. */
export type CleaningDatabase = Database & { tables: Tables };

export function withTables(database: Database): CleaningDatabase {
  return { ...database, tables: createTables(database.columns) };
}

export type Tables = ReturnType<typeof createTables>;
export type Stay = Tables['stays']['$inferSelect'];
export type Task = Tables['tasks']['$inferSelect'];

function createTables({ table, integer, text }: ColumnFactory) {
  return {
    processedEvents: table('processed_events', {
      id: text().primaryKey(),
      processed_at: text().notNull(),
    }),
    stays: table('stays', {
      booking_id: integer().primaryKey(),
      revision: integer().notNull(),
      room_id: integer().notNull(),
      room: text().notNull(),
      start: text().notNull(),
      /** The booked day of departure; after check-out, the actual one. */
      end: text().notNull(),
      status: text({ enum: stayStatuses }).notNull(),
      /** The epoch that `revision` belongs to; empty when the event had none. */
      epoch: text().notNull(),
      /** 1 from check-in until the final clean after check-out. */
      dirty: integer().$type<0 | 1>().notNull(),
    }),
    tasks: table('tasks', {
      id: integer().primaryKey(),
      booking_id: integer().notNull(),
      day: text().notNull(),
      room_id: integer().notNull(),
      room: text().notNull(),
      /** 1: the final clean, after which the room is ready for the next guest. */
      final: integer().$type<0 | 1>().notNull(),
      done_at: text(),
    }),
  };
}
