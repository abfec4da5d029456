import type { RoomState } from '@hotel/contracts';
import type { Sqlite } from '@hotel/sqlite';
import { sql } from '@hotel/sqlite/drizzle';

export interface RoomRepository {
  /** Dirty from check-in until the final clean after check-out is done; clean at all other times, also before its first guest. */
  state(roomId: number): Promise<RoomState['state']>;
}

export function createRoomRepository(sqlite: Sqlite): RoomRepository {
  return {
    state: (roomId) =>
      sqlite.read(() => {
        const { dirty } = sqlite.orm.get<{ dirty: 0 | 1 }>(sql`
          SELECT EXISTS (SELECT 1 FROM stays WHERE room_id = ${roomId} AND status = 'checked_in')
              OR EXISTS (
                SELECT 1 FROM tasks JOIN stays USING (booking_id)
                WHERE tasks.room_id = ${roomId} AND tasks.final = 1 AND tasks.done_at IS NULL
                  AND stays.status = 'checked_out') AS dirty`);
        return dirty ? 'dirty' : 'clean';
      }),
  };
}
