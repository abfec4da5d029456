import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '@hotel/log';
import { asDatabase, openSqlite, type Sqlite } from '@hotel/sqlite';
import type { Carrier } from '@hotel/telemetry';
import { type BookingRepository, createBookingRepository } from '../src/bookings/repository.ts';
import { createOutboxStore, type OutboxStore, type PendingEvent } from '../src/outbox/store.ts';
import { createRoomRepository, type RoomRepository } from '../src/rooms/repository.ts';
import { type DispoDatabase, withTables } from '../src/schema.ts';

/** The fixed current time. */
export const NOW = new Date('2027-01-30T09:15:00.000Z');

export interface TestHotel extends AsyncDisposable {
  sqlite: Sqlite;
  database: DispoDatabase;
  store: OutboxStore;
  rooms: RoomRepository;
  bookings: BookingRepository;
  /** Runs SQL that both databases understand. */
  execute(source: string): Promise<void>;
  /** Removes an event from the outbox, as its confirmation does. */
  confirm(event: PendingEvent): Promise<void>;
  /** The trace context for new events. */
  context: Carrier;
  /** The unconfirmed events. */
  outboxRows(): Promise<PendingEvent[]>;
}

/** The real repositories on a fresh database with rooms 101 to 110. */
export async function openTestHotel(): Promise<TestHotel> {
  const folder = await mkdtemp(join(tmpdir(), 'hotel-dispo-'));
  const sqlite = await openSqlite({
    file: join(folder, 'dispo.sqlite'),
    migrations: new URL('../migrations/', import.meta.url),
    namespace: 'dispo',
    synchronous: 'NORMAL',
  });
  const database = withTables(asDatabase(sqlite));
  const store = createOutboxStore(
    database,
    () => hotel.context,
    () => NOW,
  );
  const hotel: TestHotel = {
    sqlite,
    database,
    store,
    rooms: createRoomRepository(database, () => NOW),
    bookings: createBookingRepository(database, store, () => NOW),
    execute: async (source) => void sqlite.orm.run(source),
    confirm: ({ id, data }) =>
      database.write(function* () {
        yield* store.confirm(id, data.booking_id);
      }),
    context: {},
    outboxRows: () => store.unconfirmed({ after: '', limit: 10_000 }),
    async [Symbol.asyncDispose]() {
      await sqlite[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
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
