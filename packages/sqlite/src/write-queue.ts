import { AsyncLocalStorage } from 'node:async_hooks';
import { type DatabaseWaits, type Moment, moment } from '@hotel/telemetry';
import type { Database, Statement } from 'better-sqlite3';
import { DatabaseBusyError, toDatabaseError } from './errors.ts';
import { whileBusy } from './retry.ts';

/** How long a write may wait for another process's lock before it fails. */
const BUSY_WAIT_MS = 2_000;

interface Job {
  work: () => unknown;
  /** Runs a function in the caller's async context, so that its statements become spans of the caller's trace. */
  inContext: <T>(callback: () => T) => T;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

type Outcome = { value: unknown } | { error: unknown };

/**
 * The body of a transaction. It must be synchronous: the transaction ends when the body returns and would not include
 * anything after an `await`.
 */
export type Work<T> = (() => T) &
  ([T] extends [never]
    ? unknown
    : T extends PromiseLike<unknown>
      ? 'a transaction body must not be asynchronous'
      : unknown);

/**
 * Commits writes that arrive together in one transaction, so that they share one fsync. Each runs in its own savepoint,
 * so that a failing write does not roll back the others. Each resolves after the commit.
 */
export class WriteQueue {
  private readonly database: Database;
  private readonly begin: Statement;
  private readonly commit: Statement;
  private readonly commitOfOne: Statement;
  private readonly rollback: Statement;
  private readonly savepoint: Statement;
  private readonly release: Statement;
  private readonly rollbackToSavepoint: Statement;
  private readonly waits: DatabaseWaits;
  private waiting: Job[] = [];
  private running: Promise<void> | undefined;

  /**
   * @param prepareUntraced prepares statements that belong to no single request, such as a commit shared by several:
   * `waits` adds that to each of their traces. The commit of a single request is traced like its other statements.
   */
  constructor(database: Database, prepareUntraced: (source: string) => Statement, waits: DatabaseWaits) {
    this.database = database;
    this.waits = waits;
    this.begin = prepareUntraced('BEGIN IMMEDIATE');
    this.commit = prepareUntraced('COMMIT');
    this.commitOfOne = database.prepare('COMMIT');
    this.rollback = prepareUntraced('ROLLBACK');
    this.savepoint = prepareUntraced('SAVEPOINT write');
    this.release = prepareUntraced('RELEASE write');
    this.rollbackToSavepoint = prepareUntraced('ROLLBACK TO write');
  }

  /**
   * Runs `work` in a transaction.
   * @returns the result of `work`, once committed
   * @throws what `work` throws, with all its writes rolled back; TypeError when it returns a promise;
   * DatabaseBusyError, DatabaseFullError, DatabaseUnavailableError.
   */
  write<T>(work: Work<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.waiting.push({
        work,
        inContext: AsyncLocalStorage.snapshot(),
        resolve: resolve as (value: unknown) => void,
        reject,
      });
      this.running ??= this.drain();
    });
  }

  /** Resolves once all pending writes have settled. */
  async idle(): Promise<void> {
    while (this.running) await this.running;
  }

  private async drain(): Promise<void> {
    do {
      // Writes that arrive within this turn of the event loop share the commit.
      await new Promise(setImmediate);
      const jobs = this.waiting;
      this.waiting = [];
      const lock = new LockWait(jobs, this.waits);
      try {
        const outcomes = await whileBusy(this.database.name, BUSY_WAIT_MS, () => this.runAll(jobs, lock));
        outcomes.forEach((outcome, i) => {
          const job = jobs[i] as Job;
          if ('error' in outcome) job.reject(toDatabaseError(outcome.error));
          else job.resolve(outcome.value);
        });
      } catch (error) {
        if (error instanceof DatabaseBusyError) lock.over(error);
        for (const job of jobs) job.reject(toDatabaseError(error));
      }
    } while (this.waiting.length > 0);
    this.running = undefined;
  }

  private runAll(jobs: Job[], lock: LockWait): Outcome[] {
    lock.ask();
    this.begin.run();
    lock.over();
    try {
      const only = jobs.length === 1 ? jobs[0] : undefined;
      const outcomes = only ? [this.runOne(only)] : jobs.map((job) => this.runInSavepoint(job));
      if (only && 'error' in (outcomes[0] as Outcome)) this.rollback.run();
      else if (only) only.inContext(() => this.commitOfOne.run());
      else this.commitShared(jobs, outcomes);
      return outcomes;
    } catch (error) {
      if (this.database.inTransaction) this.rollback.run();
      throw error;
    }
  }

  private commitShared(jobs: Job[], outcomes: Outcome[]): void {
    const began = moment();
    this.commit.run();
    const ended = moment();
    this.waits.committed(began, ended);
    const written = jobs.filter((_job, i) => 'value' in (outcomes[i] as Outcome));
    for (const job of written) job.inContext(() => this.waits.showCommit(began, ended, written.length));
  }

  private runInSavepoint(job: Job): Outcome {
    this.savepoint.run();
    const outcome = this.runOne(job);
    if ('error' in outcome) this.rollbackToSavepoint.run();
    this.release.run();
    return outcome;
  }

  /**
   * @throws when SQLite has rolled back the whole transaction (disk full, I/O error): then no write has taken effect.
   */
  private runOne(job: Job): Outcome {
    try {
      const value = job.inContext(job.work);
      if (isPromise(value)) {
        // Nothing else handles its rejection.
        value.then(undefined, () => {});
        throw new TypeError('a transaction body must not be asynchronous: it returned a promise, and is rolled back');
      }
      return { value };
    } catch (error) {
      if (!this.database.inTransaction) throw error;
      return { error };
    }
  }
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** The wait of a transaction for the write lock; not recorded if it gets the lock immediately. */
class LockWait {
  private readonly jobs: readonly Job[];
  private readonly waits: DatabaseWaits;
  private began: Moment | undefined;
  private attempts = 0;

  constructor(jobs: readonly Job[], waits: DatabaseWaits) {
    this.jobs = jobs;
    this.waits = waits;
  }

  ask(): void {
    this.began ??= moment();
    this.attempts++;
  }

  over(error?: Error): void {
    const { began, attempts } = this;
    if (!began || (attempts === 1 && error === undefined)) return;
    const ended = moment();
    for (const job of this.jobs) job.inContext(() => this.waits.showLock({ began, ended, attempts, error }));
  }
}
