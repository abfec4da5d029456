import type { BookingEvent, BookingEventData } from '@hotel/contracts';
import { lastly, type Request, TransactionConflict } from '@hotel/database';
import type { CleaningDatabase, Stay, Task } from '../schema.ts';
import { daysOf, planStay, replan, statusAfter } from './plan.ts';
import { preparePlanStatements } from './statements.ts';

/** `outdated`: a newer event has been applied. `duplicate`: this event has been processed. Neither changes the plan. */
export type Outcome = 'applied' | 'outdated' | 'duplicate';

export interface Applied {
  outcome: Outcome;
  /** Whether the plan matches the event; also true for a duplicate, and for an event that repeats the applied state. */
  isPlanned: boolean;
  /** Epoch of the event behind the current plan; empty if that event had none. */
  epoch: string;
}

export interface PlanRepository {
  /** Records the event and its effect, in one transaction. */
  apply(event: EventToApply): Promise<Applied>;
}

type EventToApply = Pick<BookingEvent, 'id' | 'type' | 'data'>;

export function createPlanRepository(database: CleaningDatabase, now: () => Date): PlanRepository {
  const statements = preparePlanStatements(database);

  function* planStayAfter(
    { data, type }: EventToApply,
    before: Stay | undefined,
    tasks: Task[],
  ): Generator<Request, Outcome, unknown> {
    const stay = stayAfter(data, type, before);
    if (before && !isNewer(stay, before)) return 'outdated';
    if (!(yield* statements.putStay(stay, before))) throw new TransactionConflict('the stay was changed meanwhile');
    const planned = planStay({ ...data, status: stay.status });
    const { remove, add } = replan(tasks, planned);
    if (remove.length > 0 && !(yield* statements.removeTasks(remove)))
      throw new TransactionConflict('a task of the stay was finished meanwhile');
    // The first event of a stay that is already over comes from a replay. The next guest found the room clean.
    const isReplayed = !before && stay.dirty === 1;
    const addTasks = add.length > 0 ? statements.addTasks(stay.booking_id, add) : undefined;
    if (addTasks) yield* isReplayed ? addTasks : lastly(addTasks);
    if (isReplayed) yield* statements.supersede(stay.room_id);
    return 'applied';
  }

  return {
    apply: (event) =>
      database.write(function* () {
        const { id, data, type } = event;
        const found = yield* statements.findStay(data.booking_id);
        const isNew = yield* statements.recordEvent({ id, processed_at: now().toISOString() });
        const outcome = isNew ? yield* planStayAfter(event, found?.stay, found?.tasks ?? []) : 'duplicate';
        if (outcome === 'applied') return { outcome, isPlanned: true, epoch: data.epoch ?? found?.stay.epoch ?? '' };
        // The first read may be older than the transaction that recorded the event.
        const before = isNew ? found?.stay : (yield* statements.findStay(data.booking_id))?.stay;
        return {
          outcome,
          isPlanned: before !== undefined && isSame(stayAfter(data, type, before), before),
          epoch: before?.epoch ?? '',
        };
      }),
  };
}

function stayAfter(data: BookingEventData, type: BookingEvent['type'], before: Stay | undefined): Stay {
  const { booking_id, revision, room_id, room } = data;
  const status = statusAfter[type];
  const stay: Stay = {
    ...{ booking_id, revision, room_id, room, ...daysOf(data), status },
    epoch: data.epoch ?? before?.epoch ?? '',
    dirty: status === 'checked_in' || status === 'checked_out' ? 1 : 0,
  };
  // A room cleaned after the check-out stays clean when the same check-out is published again.
  if (status === 'checked_out' && before?.dirty === 0 && isSame({ ...stay, revision: before.revision }, before))
    stay.dirty = 0;
  return stay;
}

/** Revisions are comparable only within an epoch. */
function isNewer(stay: Stay, before: Stay): boolean {
  return stay.epoch === before.epoch ? stay.revision > before.revision : stay.epoch > before.epoch;
}

function isSame(one: Stay, other: Stay): boolean {
  const keys = ['revision', 'room_id', 'room', 'start', 'end', 'status'] as const;
  return keys.every((key) => one[key] === other[key]);
}
