import { addDays } from '@hotel/contracts';
import { dateSchema } from '@hotel/http';
import { z } from 'zod';
import type { Window } from './data.ts';

const DAYS = 14;
const MAX_DAYS = 31;
/** The most rooms of a page. */
export const ROOMS = 50;

const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be from ${min} to ${max}`);

/** `?start&days&after` of the page and of its updates. */
const querySchema = z.strictObject({
  start: dateSchema.optional(),
  days: whole(1, MAX_DAYS).optional(),
  after: whole(0, Number.MAX_SAFE_INTEGER).optional(),
});

/** The window that a query selects: by default two weeks from yesterday on. A sentence if the query is not valid. */
export function windowOf(query: Record<string, string>, today: string): Window | string {
  const { success, data, error } = querySchema.safeParse(query);
  if (success) return { start: data.start ?? addDays(today, -1), days: data.days ?? DAYS, after: data.after ?? 0 };
  return error.issues.map(({ path, message }) => `${path.join('.') || 'the address'}: ${message}`).join('; ');
}

/** The query of a window. */
export function queryOf({ start, days, after }: Window): string {
  return String(new URLSearchParams({ start, days: String(days), ...(after > 0 ? { after: String(after) } : {}) }));
}
