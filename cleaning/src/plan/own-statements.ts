import type { Step } from '@hotel/database';
import { sql } from '@hotel/database/drizzle';
import type { CleaningDatabase } from '../schema.ts';
import type { PlannedTask } from './plan.ts';

/** Statements that differ between the databases. */
export interface OwnStatements {
  /** A room waits for at most one final clean: the one after its last guest. */
  supersede(roomId: number): Step<unknown>;
  addTasks(bookingId: number, planned: PlannedTask[]): Step<unknown>;
}

/** Prepares an update that leaves a room dirty only because of its last guest. */
export function prepareSupersede({ orm, prepare, tables: { stays } }: CleaningDatabase) {
  return prepare(
    orm
      .update(stays)
      .set({ dirty: 0 })
      .where(sql`
      ${stays.room_id} = ${sql.placeholder('room_id')} AND ${stays.dirty} = 1 AND ${stays.status} = 'checked_out' AND EXISTS (
        SELECT 1 FROM stays AS later
        WHERE later.room_id = stays.room_id AND later.dirty = 1
          AND (later.status = 'checked_in' OR (later.status = 'checked_out' AND later."end" > stays."end")))`),
  );
}
