import type { Booking, DispoDatabase, Room } from '../schema.ts';
import { prepareBoardStatements } from './statements.ts';

export interface BoardWindow {
  /** The first day. */
  start: string;
  /** The day after the last. */
  end: string;
  /** Rooms with a higher id. */
  after: number;
  /** The most rooms. */
  limit: number;
}

/** Rooms by days. */
export interface Board {
  rooms: Array<Room & { stays: Booking[] }>;
  /** Whether there are further rooms. */
  hasMore: boolean;
}

/**
 * Reads the rooms of a page with the bookings that hold a night of the window, and with the guest who is in the room now,
 * ordered by arrival. Its cost depends on the size of the window, not on the history.
 */
export type ReadBoard = (window: BoardWindow) => Promise<Board>;

export function createReadBoard(database: DispoDatabase): ReadBoard {
  const statements = prepareBoardStatements(database);
  return ({ start, end, after, limit }) =>
    database.read(function* () {
      const found = yield* statements.rooms({ after, limit: limit + 1 });
      const rooms = found.slice(0, limit);
      const last = rooms.at(-1)?.id ?? after;
      const stays = yield* statements.stays({ start, end, after, last });
      const guests = yield* statements.guests({ after, last });
      const all = new Map([...stays, ...guests].map((stay) => [stay.id, stay]));
      const byRoom = Map.groupBy(all.values(), ({ room_id }) => room_id);
      return {
        rooms: rooms.map((room) => ({
          ...room,
          stays: (byRoom.get(room.id) ?? []).sort((a, b) => (a.start < b.start ? -1 : 1)),
        })),
        hasMore: found.length > limit,
      };
    });
}
