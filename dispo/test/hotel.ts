import type { Logger } from '@hotel/log';
import type { Carrier } from '@hotel/telemetry';
import { type BookingRepository, createBookingRepository } from '../src/bookings/repository.ts';
import { createOutboxStore, type OutboxStore, type PendingEvent } from '../src/outbox/store.ts';
import { createRoomRepository, type RoomRepository } from '../src/rooms/repository.ts';
import { type DispoDatabase, withTables } from '../src/schema.ts';
import { defaultDialect, openTestDatabase, type TestDatabase } from './databases.ts';

/** The fixed current time. */
export const NOW = new Date('2027-01-30T09:15:00.000Z');

export interface TestHotel extends AsyncDisposable {
  database: DispoDatabase;
  store: OutboxStore;
  rooms: RoomRepository;
  bookings: BookingRepository;
  execute: TestDatabase['execute'];
  expireClaims: TestDatabase['expireClaims'];
  openReplica: TestDatabase['openReplica'];
  openVersion: TestDatabase['openVersion'];
  /** Removes an event from the outbox, as its confirmation does. */
  confirm(event: PendingEvent): Promise<void>;
  /** The trace context for new events. */
  context: Carrier;
  /** The unconfirmed events. */
  outboxRows(): Promise<PendingEvent[]>;
}

/** The real repositories on a fresh database with rooms 101 to 110. */
export async function openTestHotel(on: Parameters<typeof openTestDatabase>[0] = defaultDialect): Promise<TestHotel> {
  const opened = await openTestDatabase(on);
  const database = withTables(opened.database);
  const store = createOutboxStore(
    database,
    () => hotel.context,
    () => NOW,
  );
  const hotel: TestHotel = {
    database,
    store,
    rooms: createRoomRepository(database, () => NOW),
    bookings: createBookingRepository(database, store, () => NOW),
    execute: opened.execute,
    expireClaims: opened.expireClaims,
    openReplica: opened.openReplica,
    openVersion: opened.openVersion,
    confirm: ({ id, data }) =>
      database.write(function* () {
        yield* store.confirm(id, data.booking_id);
      }),
    context: {},
    outboxRows: () => store.unconfirmed({ after: '', limit: 10_000 }),
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
  await hotel.rooms.seed();
  return hotel;
}

/** A logger that records level and message. */
export function recordingLogger(): { log: Logger; logLines: string[] } {
  const logLines: string[] = [];
  const at = (level: string) => (facts: object | string, message?: string) => {
    logLines.push(`${level}: ${typeof facts === 'string' ? facts : message}`);
  };
  const log = { info: at('info'), warn: at('warn'), error: at('error') } as unknown as Logger;
  return { log, logLines };
}
