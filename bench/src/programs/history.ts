/** Fills the databases of dispo and cleaning with history by SQL: a million requests would take too long. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { serveParent } from '../helper/child.ts';

const require = createRequire(import.meta.url);
const open = require('better-sqlite3') as typeof import('better-sqlite3');

export interface HistoryJob {
  dataDir: string;
  rooms: number;
  bookings: number;
  /** The first day; from then on each room is occupied one night in three. */
  since: string;
  /** Leaves cleaning's database alone. */
  dispoOnly?: boolean;
}

/** Booking n+1 is in room n % rooms + 1, `night` nights after the first day. */
const stays = `
  WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < @bookings - 1),
  stays AS (
    SELECT n + 1 AS id, n % @rooms + 1 AS room_id,
      date(@since, '+' || (n / @rooms * 3 + n % 3) || ' days') AS first,
      date(@since, '+' || (n / @rooms * 3 + n % 3 + 1) || ' days') AS last
    FROM numbers
  )`;

function fill(file: string, statements: string[], values: Record<string, unknown>): void {
  const db = open(file);
  db.pragma('synchronous = OFF');
  db.transaction(() => {
    for (const source of statements) {
      const used = Object.fromEntries(Object.entries(values).filter(([name]) => source.includes(`@${name}`)));
      db.prepare(source).run(used);
    }
  })();
  db.exec('ANALYZE');
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
}

serveParent<HistoryJob, object>({}, ({ dataDir, rooms, bookings, since, dispoOnly }) => {
  const values = { rooms, bookings, since };
  fill(
    join(dataDir, 'dispo.sqlite'),
    [
      `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < @rooms)
       INSERT INTO rooms (id, number, name) SELECT n, 1000 + n, 'Room ' || (1000 + n) FROM numbers`,
      `${stays} INSERT INTO bookings (id, room_id, start, "end", status, cleaning, revision)
       SELECT id, room_id, first, last, 'checked_out', 'planned', 3 FROM stays`,
    ],
    values,
  );
  if (dispoOnly) return {};
  fill(
    join(dataDir, 'cleaning.sqlite'),
    [
      `${stays} INSERT INTO stays (booking_id, revision, room_id, room, start, "end", status)
       SELECT id, 3, room_id, 1000 + room_id, first, last, 'checked_out' FROM stays`,
      `INSERT INTO tasks (booking_id, day, room_id, room, final, done_at)
       SELECT booking_id, start, room_id, room, 0, start FROM stays`,
      `INSERT INTO tasks (booking_id, day, room_id, room, final, done_at)
       SELECT booking_id, "end", room_id, room, 1, "end" FROM stays`,
    ],
    values,
  );
  return {};
});
