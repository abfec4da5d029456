import { dayOf } from '@hotel/contracts';
import { readInSteps } from '@hotel/database';
import { DomainError } from '../errors.ts';
import type { DispoDatabase, Room } from '../schema.ts';
import { prepareRoomStatements } from './statements.ts';

/** Whether a room is still in the state that the caller has seen. */
export type RoomPrecondition = (room: Room) => boolean;

export interface RoomRepository {
  create(room: { number: string; name: string }): Promise<Room>;
  list(page: { after: number; limit: number }): Promise<Room[]>;
  /** Rooms that no booking or overstaying guest holds between `start` and `end`. */
  free(page: { start: string; end: string; after: number; limit: number }): Promise<Room[]>;
  get(id: number): Promise<Room>;
  change(
    id: number,
    change: { number?: string | undefined; name?: string | undefined },
    precondition?: RoomPrecondition,
  ): Promise<Room>;
  remove(id: number, precondition?: RoomPrecondition): Promise<void>;
  /** Creates rooms 101 to 110 if there are none. */
  seed(): Promise<void>;
}

/** Rooms checked per step of `free`; takes a few milliseconds. */
const STEP = 500;

/** All methods throw DomainError. */
export function createRoomRepository(database: DispoDatabase, now: () => Date): RoomRepository {
  const statements = prepareRoomStatements(database);

  function* find(id: number, precondition?: RoomPrecondition) {
    const room = yield* statements.findAndLock(id);
    if (!room) throw noRoom(id);
    if (precondition && !precondition(room))
      throw new DomainError('changed_since', `room ${id} has been changed since`);
    return room;
  }

  function* requireFreeNumber(number: string, id: number) {
    const other = yield* statements.findOther(number, id);
    if (other) throw new DomainError('room_number_taken', `another room has the number ${number}`);
  }

  return {
    create: (room) =>
      database.write(function* () {
        yield* requireFreeNumber(room.number, 0);
        return yield* statements.insert(room);
      }),
    list: (page) =>
      database.read(function* () {
        return yield* statements.list(page);
      }),
    async free({ start, end, after, limit }) {
      const today = dayOf(now());
      const found: Room[] = [];
      const steps = readInSteps<Room & { is_free: number }>(STEP, (last) =>
        database.read(function* () {
          return yield* statements.listWithFree({ start, end, today, after: last?.id ?? after, limit: STEP });
        }),
      );
      for await (const step of steps) {
        found.push(...step.filter(({ is_free }) => is_free).map(({ is_free: _, ...room }) => room));
        if (found.length >= limit) return found.slice(0, limit);
      }
      return found;
    },
    get: (id) =>
      database.read(function* () {
        const room = yield* statements.find(id);
        if (!room) throw noRoom(id);
        return room;
      }),
    change: (id, change, precondition) =>
      database.write(function* () {
        const room = yield* find(id, precondition);
        if (change.number !== undefined && change.number !== room.number) {
          yield* requireFreeNumber(change.number, id);
          // Events carry the number, and the plan shows it.
          if (yield* statements.hasBookings(id))
            throw new DomainError('room_number_fixed', `room ${room.number} has bookings: its number is fixed`);
        }
        const number = change.number ?? room.number;
        const name = change.name ?? room.name;
        if (number === room.number && name === room.name) return room;
        return yield* statements.update({ id, number, name });
      }),
    remove: (id, precondition) =>
      database.write(function* () {
        const room = yield* find(id, precondition);
        if (yield* statements.hasBookings(id))
          throw new DomainError('room_has_bookings', `room ${room.number} has bookings and cannot be removed`);
        yield* statements.remove(id);
      }),
    seed: () =>
      database.write(function* () {
        // Before anything is inserted: PostgreSQL does not give back the id of a row that was rolled back.
        yield* statements.lockSeeding();
        if ((yield* statements.list({ after: 0, limit: 1 })).length > 0) return;
        for (let number = 101; number <= 110; number++) {
          yield* statements.insert({ number: String(number), name: `Room ${number}` });
        }
      }),
  };
}

function noRoom(id: number): DomainError {
  return new DomainError('room_not_found', `there is no room ${id}`);
}
