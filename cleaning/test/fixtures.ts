import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BookingEvent, type BookingEventData, bookingSubject, type EventType } from '@hotel/contracts';
import type { Logger } from '@hotel/log';
import { openDatabase } from '../src/database.ts';
import type { CleaningDatabase } from '../src/schema.ts';

export interface TestDatabase extends AsyncDisposable {
  database: CleaningDatabase;
  /** Reads rows with SQL that both databases understand. */
  rows<T>(source: string): Promise<T[]>;
  /** Runs SQL that both databases understand. */
  execute(...sources: string[]): Promise<void>;
}

/** A private database, deleted on disposal. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'hotel-cleaning-'));
  const database = await openDatabase({ HOTEL_DATA_DIR: folder, HOTEL_SQLITE_SYNCHRONOUS: 'NORMAL' });
  return {
    database,
    rows: <T>(source: string) =>
      database.read<unknown[]>(function* () {
        return yield* database.prepare(rawQuery(source)).all();
      }) as Promise<T[]>,
    execute: (...sources) =>
      database.write<void>(function* () {
        for (const source of sources) yield* database.prepare(rawQuery(source)).run();
      }),
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function rawQuery(source: string) {
  const never = () => {
    throw new TypeError('only for its SQL');
  };
  return { toSQL: () => ({ sql: source, params: [] }), prepare: () => ({ get: never, all: never }) };
}

/** An event like dispo's. Default: booking 1 in room 101 from 4 to 6 February. */
export function eventOf(type: EventType, facts: Partial<BookingEventData> = {}): BookingEvent {
  const data = {
    booking_id: 1,
    revision: 1,
    room_id: 1,
    room: '101',
    start: '2027-02-04',
    end: '2027-02-06',
    ...facts,
  };
  return {
    specversion: '1.0',
    id: randomUUID(),
    source: '/dispo',
    type,
    subject: bookingSubject(data.booking_id),
    time: '2027-01-30T09:15:00.000Z',
    datacontenttype: 'application/json',
    data,
  };
}

/** A logger that discards everything. */
export const silent = {
  info() {},
  warn() {},
  error() {},
} as unknown as Logger;
