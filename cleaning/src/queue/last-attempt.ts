import { deadLetterSchema } from '@hotel/contracts';
import type { Job } from 'bullmq';
import { z } from 'zod';

const schema = z.object({
  reason: deadLetterSchema.shape.reason,
  /** The context of its span. */
  context: z.partialRecord(z.enum(['traceparent', 'tracestate', 'baggage']), z.string()),
});

/** What the worker knows of an attempt after which there will be no other. */
export type LastAttempt = z.infer<typeof schema>;

/**
 * Keeps it with the job, as the progress of the job, so that any worker can write the dead letter. Not awaited: the command that fails
 * the job follows on the same connection, and without Redis that one waits, too.
 */
export function keepLastAttempt(job: Job<unknown>, last: LastAttempt): void {
  job.updateProgress(last).catch(() => {});
}

/** Undefined for a job that was failed without an attempt, or by a worker that did not keep it. */
export function recallLastAttempt({ progress }: Job<unknown>): LastAttempt | undefined {
  return schema.safeParse(progress).data;
}
