import { z } from 'zod';

/**
 * A replay brings cleaning in line with dispo's database, in steps whose progress the client can see:
 *
 * 1. `POST` to dispo's `replayPath` begins an epoch and returns it with 201.
 * 2. `POST` to dispo's `replayStepPath` publishes a page of bookings in that epoch. Repeat until a step is the last one
 *    and none of its events is unconfirmed.
 * 3. `DELETE` of cleaning's `staysBeforePath` deletes a page of stays that dispo did not publish. Repeat until done.
 * 4. `POST` to dispo's `replayEndPath` ends the replay.
 *
 * All are on the internal listeners. A replay can be started again at any time.
 */
export const replayPath = '/internal/v1/replay';
export const replayStepPath = '/internal/v1/replay/steps';
export const replayEndPath = '/internal/v1/replay/end';

/** Takes the query parameter `after`: where the page begins. */
export function staysBeforePath(epoch: string): string {
  return `/internal/v1/stays/before/${epoch}`;
}

/** The response to step 1. */
export const replayBegunSchema = z.object({ epoch: z.uuid() });

/** The request of step 2: bookings with a higher id than this. */
export const replayStepSchema = z.strictObject({ after: z.int().min(0) });

/** The response to step 2. */
export const replayProgressSchema = z.object({
  published: z.int().min(0),
  /** The cursor for the next step; unchanged while too many events are unconfirmed. */
  after: z.int().min(0),
  isLast: z.boolean(),
  /** Events that cleaning has yet to confirm. */
  unconfirmed: z.int().min(0),
});
export type ReplayProgress = z.infer<typeof replayProgressSchema>;

/** The response to step 3: the number of stays deleted from this page, and the cursor for the next. */
export const forgottenSchema = z.object({ forgotten: z.int().min(0), after: z.int().min(0), isLast: z.boolean() });
