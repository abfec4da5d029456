import { randomUUID } from 'node:crypto';
import { sql } from '@hotel/database/drizzle';
import type { DispoDatabase } from '../schema.ts';
import { type EncodedRow, encodedColumns, insertValues, isIn, type OwnStatements } from './columns.ts';

/**
 * How long an event is reserved for the relay that wrote or claimed it: much longer than a relay takes to publish it,
 * and shorter than the usual interval of the sweep.
 */
const CLAIM_S = 5;

/**
 * Several processes share the outbox, and each relay takes the events that no other has. It may claim its own again at
 * once: Redis may have been away for a moment.
 */
export function preparePostgresStatements(database: DispoDatabase): OwnStatements {
  const { orm, prepare } = database;
  const { outbox, claimedOutbox } = database.tables;
  /** This process and its relay. */
  const claimed_by = randomUUID();
  const p = sql.placeholder;
  // The statement reads the epoch itself, since any process may begin one.
  const insert = prepare(
    orm
      .insert(claimedOutbox)
      .values({
        ...insertValues(),
        claimed_by,
        claimed_at: sql`clock_timestamp()`,
        data: sql`jsonb_set(CAST(${p('data')} AS jsonb), '{epoch}', to_jsonb(current_epoch()))`,
      })
      .returning({ epoch: sql<string>`${outbox.data} ->> 'epoch'`.as('epoch') }),
  );
  const claim = prepare(
    orm
      .update(claimedOutbox)
      .set({
        claimed_at: sql`clock_timestamp()`,
        claimed_by,
        attempt: sql`CASE WHEN ${isIn(database, outbox.id, 'again')} THEN greatest(${outbox.attempt}, 1) + 1 ELSE ${outbox.attempt} END`,
      })
      .where(
        sql`${outbox.id} IN (
          SELECT id FROM outbox WHERE ${isIn(database, outbox.id, 'ids')}
          AND (claimed_by = ${claimed_by} OR claimed_at < clock_timestamp() - ${CLAIM_S} * interval '1 second')
          ORDER BY id FOR UPDATE SKIP LOCKED)`,
      )
      .returning(encodedColumns(database)),
  );
  return {
    *insert({ data, ...row }) {
      const inserted = yield* insert.get({ ...row, data: JSON.stringify(data) });
      return (inserted as { epoch: string }).epoch;
    },
    *claim(ids, again) {
      const rows: EncodedRow[] = yield* claim.all({ ids: JSON.stringify(ids), again: JSON.stringify(again) });
      return rows.sort((a, b) => (a.id < b.id ? -1 : 1));
    },
  };
}
