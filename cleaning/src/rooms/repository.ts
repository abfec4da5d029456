import type { RoomState } from '@hotel/contracts';
import type { Sqlite } from '@hotel/sqlite';
import { sql } from '@hotel/sqlite/drizzle';

export interface RoomRepository {
  /** Dirty from check-in until the final clean after check-out is done; otherwise clean, even if never used. */
  state(roomId: number): Promise<RoomState['state']>;
  /** Marks a room clean unconditionally and completes the final cleans of guests who have left. */
  declareClean(roomId: number): Promise<void>;
}

export function createRoomRepository(sqlite: Sqlite, now: () => Date): RoomRepository {
  const { orm } = sqlite;
  return {
    state: (roomId) =>
      sqlite.read(() => {
        const { dirty } = orm.get<{ dirty: 0 | 1 }>(
          sql`SELECT EXISTS (SELECT 1 FROM stays WHERE room_id = ${roomId} AND dirty = 1) AS dirty`,
        );
        return dirty ? 'dirty' : 'clean';
      }),
    declareClean: (roomId) =>
      sqlite.write(() => {
        orm.run(sql`
          UPDATE tasks SET done_at = ${now().toISOString()}
          WHERE final = 1 AND done_at IS NULL AND booking_id IN (
            SELECT booking_id FROM stays WHERE room_id = ${roomId} AND dirty = 1 AND status = 'checked_out')`);
        orm.run(sql`UPDATE stays SET dirty = 0 WHERE room_id = ${roomId} AND dirty = 1`);
      }),
  };
}
