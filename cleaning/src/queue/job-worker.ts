import { setTimeout as sleep } from 'node:timers/promises';
import { CLEANING_QUEUE } from '@hotel/contracts';
import { type Job, type JobJson, type Processor, Worker, type WorkerOptions } from 'bullmq';
import { checkReadable } from './unreadable.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/**
 * A BullMQ worker with two more limits. After an error it waits before it tries again to take a job; BullMQ tries at once, some
 * thousand times a second, for instance while Redis is out of memory. And it does not parse what cannot be an event: a job that is too
 * large would take its memory, and one that is not JSON would keep it from taking any.
 */
export class JobWorker extends Worker<unknown, void> {
  private readonly abort = new AbortController();
  private failures = 0;

  constructor(process: Processor<unknown, void>, options: WorkerOptions) {
    // Not by the constructor of the base class: this one's fields are not set then.
    super(CLEANING_QUEUE, process, { ...options, autorun: false });
  }

  /** Ends the wait after an error, so that closing need not wait for it. */
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
