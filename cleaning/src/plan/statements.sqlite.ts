import { sql } from '@hotel/database/drizzle';
import type { CleaningDatabase } from '../schema.ts';
import { type OwnStatements, prepareSupersede } from './own-statements.ts';

export function prepareSqliteStatements(database: CleaningDatabase): OwnStatements {
  const { orm, prepare, tables } = database;
  const p = sql.placeholder;
  const supersede = prepareSupersede(database);
  const addTasks = prepare(
    orm.insert(tables.tasks).select(
      sql`SELECT NULL, ${p('booking_id')}, value ->> 'day', value ->> 'room_id', value ->> 'room', value ->> 'final', NULL
          FROM json_each(${p('planned')})`,
    ),
  );
  return {
    supersede: (room_id) => supersede.run({ room_id }),
    addTasks: (booking_id, planned) => addTasks.run({ booking_id, planned: JSON.stringify(planned) }),
  };
}
