import { sql } from '@hotel/database/drizzle';
import type { CleaningDatabase } from '../schema.ts';
import { type OwnStatements, prepareSupersede } from './own-statements.ts';

/** The first key of the advisory locks on rooms: `room` in ASCII. */
const ROOM_LOCK = 0x726f6f6d;

export function preparePostgresStatements(database: CleaningDatabase): OwnStatements {
  const { orm, prepare, tables } = database;
  const p = sql.placeholder;
  // Stays of the same room that a replay adds at the same time would not see each other. Only replays come here.
  const lockRoom = prepare(
    orm
      .select({
        locked:
          sql<string>`CAST(pg_advisory_xact_lock(${sql.raw(String(ROOM_LOCK))}, hashint8(${p('room_id')})) AS text)`.as(
            'locked',
          ),
      })
      .from(sql`(VALUES (1)) AS one`),
  );
  const supersede = prepareSupersede(database);
  const addTasks = prepare(
    orm.insert(tables.tasks).select(
      sql`SELECT nextval('tasks_id_seq'), CAST(${p('booking_id')} AS bigint), value ->> 'day',
          CAST(value ->> 'room_id' AS bigint), value ->> 'room', CAST(value ->> 'final' AS integer), NULL
        FROM jsonb_array_elements(CAST(${p('planned')} AS jsonb))`,
    ),
  );
  return {
    *supersede(room_id) {
      yield* lockRoom.get({ room_id });
      yield* supersede.run({ room_id });
    },
    addTasks: (booking_id, planned) => addTasks.run({ booking_id, planned: JSON.stringify(planned) }),
  };
}
