import type { BookingEvent } from '@hotel/contracts';
import type { Sqlite } from '@hotel/sqlite';
import { planStay, replan, statusAfter } from './plan.ts';
import { preparePlanStatements } from './statements.ts';

/** `outdated`: a later revision has been applied before. `duplicate`: this very event has. Neither changes anything. */
export type Outcome = 'applied' | 'outdated' | 'duplicate';

export interface PlanRepository {
  /** Records the event and its effect, in one transaction. */
  apply(event: Pick<BookingEvent, 'id' | 'type' | 'data'>): Promise<Outcome>;
}

export function createPlanRepository(sqlite: Sqlite, now: () => Date): PlanRepository {
  const statements = preparePlanStatements(sqlite);
  return {
    apply: ({ id, type, data }) =>
      sqlite.write(() => {
        if (!statements.recordEvent({ id, processed_at: now().toISOString() })) return 'duplicate';
        const before = statements.findStay(data.booking_id);
        if (before && before.revision >= data.revision) return 'outdated';
        const { booking_id, revision, room_id, room, start, end } = data;
        const stay = { booking_id, revision, room_id, room, start, end, status: statusAfter[type] };
        statements.putStay(stay);
        const { remove, add } = replan(before ? statements.tasksOf(booking_id) : [], planStay(stay));
        if (remove.length > 0) statements.removeTasks(remove);
        if (add.length > 0) statements.addTasks(booking_id, add);
        return 'applied';
      }),
  };
}
