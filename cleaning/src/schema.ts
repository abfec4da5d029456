import { integer, sqliteTable, text } from '@hotel/sqlite/drizzle';

export const stayStatuses = ['booked', 'checked_in', 'checked_out', 'cancelled'] as const;
export type StayStatus = (typeof stayStatuses)[number];

export const processedEvents = sqliteTable('processed_events', {
  id: text().primaryKey(),
  processed_at: text().notNull(),
});

export const stays = sqliteTable('stays', {
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
});
export type Stay = typeof stays.$inferSelect;

export const tasks = sqliteTable('tasks', {
  id: integer().primaryKey(),
  booking_id: integer().notNull(),
  day: text().notNull(),
  room_id: integer().notNull(),
  room: text().notNull(),
  /** 1: the final clean, after which the room is ready for the next guest. */
  final: integer().$type<0 | 1>().notNull(),
  done_at: text(),
});
export type Task = typeof tasks.$inferSelect;
