import { deadLetterSchema } from '@hotel/contracts';
import type { Job } from 'bullmq';
import { z } from 'zod';

const schema = z.object({
  reason: deadLetterSchema.shape.reason,
  /** Trace context of the attempt's span. */
  context: z.partialRecord(z.enum(['traceparent', 'tracestate', 'baggage']), z.string()),
});

/** Why a job becomes a dead letter, and the trace context of its last attempt. */
export type FinalAttempt = z.infer<typeof schema>;

/**
 * Stores it as the job's progress, so that any worker can write the dead letter. Not awaited: the command that fails
 * the job follows on the same connection, and it waits for Redis too.
 */
export function storeFinalAttempt(job: Job<unknown>, last: FinalAttempt): void {
  job.updateProgress(last).catch(() => {});
}

/** Undefined for a job that failed without an attempt, or whose worker did not store it. */
export function readFinalAttempt({ progress }: Job<unknown>): FinalAttempt | undefined {
  return schema.safeParse(progress).data;
}
