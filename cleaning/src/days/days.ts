import { addDays, countDays, type Day } from '@hotel/contracts';

export const MAX_DAYS = 366;
const DEFAULT_DAYS = 7;

export interface DayRange {
  /** Both days inclusive. */
  start: Day;
  end: Day;
}

/** Defaults to today and the six days after it. */
export function rangeOf(asked: { start?: Day | undefined; end?: Day | undefined }, today: Day): DayRange {
  const start = asked.start ?? today;
  return { start, end: asked.end ?? addDays(start, DEFAULT_DAYS - 1) };
}

/** Describes what is wrong with a range; undefined for a valid one. */
export function rangeProblem({ start, end }: DayRange): string | undefined {
  const days = countDays(start, end);
  if (days < 1) return `must not be before start (${start})`;
  if (days > MAX_DAYS) return `a range may have ${MAX_DAYS} days at most, this one has ${days}`;
  return undefined;
}
