import { setTimeout as sleep } from 'node:timers/promises';
import { CLEANING_QUEUE } from '@hotel/contracts';
import { type Job, type JobJson, type Processor, Worker, type WorkerOptions } from 'bullmq';
import { checkReadable } from './messages/unreadable.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/**
 * A BullMQ worker with two more limits. It backs off after a failed fetch, where BullMQ retries at once, some
 * thousand times a second, for instance while Redis is out of memory. And it does not parse data that cannot be an
 * event: data that is too large would exhaust memory, and data that is not JSON would stop the worker from fetching.
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

  protected override createJob(json: JobJson, jobId: string): Job<unknown, void> {
    const unreadable = json.data === undefined ? undefined : checkReadable(json.data);
    return super.createJob(unreadable ? { ...json, data: JSON.stringify(unreadable) } : json, jobId);
  }
}
