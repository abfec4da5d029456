import { readInSteps } from '@hotel/database';
import type { CleaningDatabase } from '../schema.ts';
import type { DayRange } from './days.ts';
import { prepareDayStatements, STEP, type TaskOfDay } from './statements.ts';

/** A room that is occupied on a day. */
export interface RoomDay {
  day: string;
  /** Room number. */
  room: string;
  final: 0 | 1;
}

export interface DayPage extends DayRange {
  /** Last row of the previous page. */
  after?: Pick<RoomDay, 'day' | 'room'> | undefined;
  limit: number;
}

export interface DayRepository {
  /** Lists each occupied room once per day, by day and room. On a changeover day the room is `final`. */
  list(page: DayPage): Promise<RoomDay[]>;
}

export function createDayRepository(database: CleaningDatabase): DayRepository {
  const statements = prepareDayStatements(database);
  const readTasks = (task: Pick<TaskOfDay, 'day' | 'room' | 'id'>, end: string) =>
    database.read(function* () {
      return yield* statements.tasksAfter(task, end);
    });
  return {
    async list({ start, end, after, limit }) {
      const first =
        after && after.day >= start ? { ...after, id: Number.MAX_SAFE_INTEGER } : { day: start, room: '', id: 0 };
      const found: RoomDay[] = [];
      for await (const step of readInSteps<TaskOfDay>(STEP, (last) => readTasks(last ?? first, end))) {
        for (const { day, room, final } of step.filter(({ occupied }) => occupied)) {
          const last = found.at(-1);
          if (last?.day === day && last.room === room) {
            if (final === 1) last.final = 1;
            continue;
          }
          if (found.length === limit) return found;
          found.push({ day, room, final });
        }
      }
      return found;
    },
  };
}
