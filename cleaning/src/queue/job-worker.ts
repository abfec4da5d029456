import { setTimeout as sleep } from 'node:timers/promises';
import { CLEANING_QUEUE } from '@hotel/contracts';
import { ErrorCode, type Job, type JobJson, type Processor, Worker, type WorkerOptions } from 'bullmq';
import { checkReadable } from './messages/unreadable.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/**
 * A BullMQ worker that
 *
 * - backs off after a failed fetch, where BullMQ retries at once, some thousand times a second, for instance while
 *   Redis is out of memory,
 * - does not parse data that cannot be an event: data that is too large would exhaust memory, and data that is not JSON
 *   would stop the worker from fetching,
 * - removes a processed job that it cannot complete.
 */
export class JobWorker extends Worker<unknown, void> {
  private readonly abort = new AbortController();
  private failures = 0;

  constructor(process: Processor<unknown, void>, options: WorkerOptions) {
    // The base class's constructor cannot start it: the fields of this class are not set yet.
    super(CLEANING_QUEUE, process, { ...options, autorun: false });
  }

  /** Ends the backoff, so that closing does not wait for it. */
  stopWaiting(): void {
    this.abort.abort();
  }

  protected override async moveToActive(token: string, name?: string): Promise<Job<unknown, void>> {
    try {
      const job = await super.moveToActive(token, name);
      this.failures = 0;
      return job;
    } catch (error) {
      const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** this.failures++, LONGEST_PAUSE_MS);
      await sleep(pauseMs, undefined, { signal: this.abort.signal }).catch(() => {});
      throw error;
    }
  }

  protected override async handleCompleted(
    result: undefined,
    job: Job<unknown, void>,
    token: string,
    fetchNext?: () => boolean,
  ): Promise<Job<unknown, void>> {
    try {
      return await super.handleCompleted(result, job, token, fetchNext);
    } catch (error) {
      // Redis lost the job's place in the list of active jobs. No sweep would ever find what remains of a confirmed job.
      if (error instanceof Error && 'code' in error && error.code === ErrorCode.JobNotInState) await job.remove();
      throw error;
    }
  }

  protected override createJob(json: JobJson, jobId: string): Job<unknown, void> {
    const unreadable = json.data === undefined ? undefined : checkReadable(json.data);
    return super.createJob(unreadable ? { ...json, data: JSON.stringify(unreadable) } : json, jobId);
  }
}
