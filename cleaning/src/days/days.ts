import { addDays, countDays, type Day } from '@hotel/contracts';

export const MAX_DAYS = 366;
const DEFAULT_DAYS = 7;

export interface DayRange {
  /** Both included. */
  start: Day;
  end: Day;
}

/** Today and six more days, as far as nothing else is asked for. */
export function rangeOf(asked: { start?: Day | undefined; end?: Day | undefined }, today: Day): DayRange {
  const start = asked.start ?? today;
  return { start, end: asked.end ?? addDays(start, DEFAULT_DAYS - 1) };
}

/** What is wrong with a range, in words; undefined when nothing is. */
export function rangeProblem({ start, end }: DayRange): string | undefined {
  const days = countDays(start, end);
  if (days < 1) return `must not be before start (${start})`;
  if (days > MAX_DAYS) return `a range may have ${MAX_DAYS} days at most, this one has ${days}`;
  return undefined;
}
