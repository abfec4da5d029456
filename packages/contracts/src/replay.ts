import { z } from 'zod';

/**
 * A replay brings cleaning to what dispo's database says, step by step, so that whoever runs it sees how far it is:
 *
 * 1. `POST` to dispo's `replayPath` begins an epoch and answers 201 with it.
 * 2. `POST` to dispo's `replayStepPath`, again and again, publishes bookings in that epoch, until a step is the last one and none of
 *    its events is unconfirmed.
 * 3. `DELETE` of cleaning's `staysBeforePath`, again and again, makes cleaning forget what dispo did not publish.
 * 4. `POST` to dispo's `replayEndPath` ends it.
 *
 * All are on the internal listeners. Begun again, it does the same once more.
 */
export const replayPath = '/internal/v1/replay';
export const replayStepPath = '/internal/v1/replay/steps';
export const replayEndPath = '/internal/v1/replay/end';

/** With the query parameter `after`: where the page begins. */
export function staysBeforePath(epoch: string): string {
  return `/internal/v1/stays/before/${epoch}`;
}

/** What step 1 answers. */
export const replayBegunSchema = z.object({ epoch: z.uuid() });

/** What step 2 asks: bookings with an id after this one. */
export const replayStepSchema = z.strictObject({ after: z.int().min(0) });

/** What step 2 answers. */
export const replayProgressSchema = z.object({
  published: z.int().min(0),
  /** Where the next step goes on: the same as before while too many events are unconfirmed. */
  after: z.int().min(0),
  isLast: z.boolean(),
  /** How many events cleaning has yet to confirm. */
  unconfirmed: z.int().min(0),
});
export type ReplayProgress = z.infer<typeof replayProgressSchema>;

/** What step 3 answers, page by page of the stays that cleaning has: how many of this page were forgotten, and where it goes on. */
export const forgottenSchema = z.object({ forgotten: z.int().min(0), after: z.int().min(0), isLast: z.boolean() });
