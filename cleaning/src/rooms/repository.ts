import type { RoomState } from '@hotel/contracts';
import { asc, eq, sql } from '@hotel/database/drizzle';
import { isInJson } from '../json-ids.ts';
import type { CleaningDatabase } from '../schema.ts';

export interface RoomRepository {
  /** Dirty from check-in until the final clean after check-out is done; otherwise clean, even if never used. */
  state(roomId: number): Promise<RoomState['state']>;
  /** The ids of dirty rooms, lowest first. */
  dirty(limit: number): Promise<number[]>;
  /** Marks a room clean unconditionally and completes the final cleans of guests who have left. */
  declareClean(roomId: number): Promise<void>;
}

export function createRoomRepository(database: CleaningDatabase, now: () => Date): RoomRepository {
  const { orm, prepare, tables } = database;
  const { stays, tasks } = tables;
  const p = sql.placeholder;
  // The literal 1 matches the partial index stays_dirty.
  const isDirty = sql`${eq(stays.room_id, p('room_id'))} AND ${stays.dirty} = 1`;
  const findDirty = prepare(orm.select({ booking_id: stays.booking_id }).from(stays).where(isDirty).limit(1));
  const dirtyRooms = prepare(
    orm
      .selectDistinct({ room_id: stays.room_id })
      .from(stays)
      .where(sql`${stays.dirty} = 1`)
      .orderBy(asc(stays.room_id))
      .limit(p('limit')),
  );
  const markClean = prepare(
    orm
      .update(stays)
      .set({ dirty: 0 })
      .where(isDirty)
      .returning({ booking_id: stays.booking_id, status: stays.status }),
  );
  const finishFinal = prepare(
    orm
      .update(tasks)
      .set({ done_at: sql`${p('done_at')}` })
      .where(sql`${tasks.final} = 1 AND ${tasks.done_at} IS NULL AND ${isInJson(database, tasks.booking_id, 'ids')}`),
  );
  return {
    state: (room_id) =>
      database.read(function* () {
        return (yield* findDirty.get({ room_id })) ? 'dirty' : 'clean';
      }),
    dirty: (limit) =>
      database.read(function* () {
        const rooms = yield* dirtyRooms.all({ limit });
        return rooms.map(({ room_id }) => room_id);
      }),
    declareClean: (room_id) =>
      database.write(function* () {
        const cleaned = yield* markClean.all({ room_id });
        const left = cleaned.filter(({ status }) => status === 'checked_out').map(({ booking_id }) => booking_id);
        yield* finishFinal.run({ done_at: now().toISOString(), ids: JSON.stringify(left) });
      }),
  };
}
