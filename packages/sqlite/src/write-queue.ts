import { AsyncLocalStorage } from 'node:async_hooks';
import type { Database, Statement } from 'better-sqlite3';
import { DatabaseFullError, isFull } from './errors.ts';
import { whileBusy } from './retry.ts';

/** How long a write may wait for another process's lock before it is given up. */
const BUSY_WAIT_MS = 2_000;

interface Job {
  work: () => unknown;
  /** Runs a function in the async context of whoever asked for the write, so that its statements are spans of its trace. */
  inContext: <T>(callback: () => T) => T;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

type Outcome = { value: unknown } | { error: unknown };

/**
 * Writes that arrive together are committed together: one fsync serves them all. Each runs in a savepoint of its own, so
 * that one that fails takes nothing back of the others, and each is answered after the commit.
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
  private waiting: Job[] = [];
  private running: Promise<void> | undefined;

  /**
   * @param prepareUntraced prepares what no single request owns: a commit shared by several requests is nobody's span. The
   * commit of one request is recorded like its other statements, since that is where its fsync is.
   */
  constructor(database: Database, prepareUntraced: (source: string) => Statement) {
    this.database = database;
    this.begin = prepareUntraced('BEGIN IMMEDIATE');
    this.commit = prepareUntraced('COMMIT');
    this.commitOfOne = database.prepare('COMMIT');
    this.rollback = prepareUntraced('ROLLBACK');
    this.savepoint = prepareUntraced('SAVEPOINT write');
    this.release = prepareUntraced('RELEASE write');
    this.rollbackToSavepoint = prepareUntraced('ROLLBACK TO write');
  }

  /**
   * Runs `work`, which is synchronous, in a transaction.
   * @returns what it returns, once it is committed.
   * @throws what it throws, with nothing of it written; DatabaseBusyError, DatabaseFullError.
   */
  write<T>(work: () => T): Promise<T> {
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

  /** Resolves when every write that was asked for has been answered. */
  async idle(): Promise<void> {
    while (this.running) await this.running;
  }

  private async drain(): Promise<void> {
    do {
      // One turn of the event loop: what arrives in it belongs to this commit.
      await new Promise(setImmediate);
      const jobs = this.waiting;
      this.waiting = [];
      try {
        const outcomes = await whileBusy(this.database.name, BUSY_WAIT_MS, () => this.runAll(jobs));
        outcomes.forEach((outcome, i) => {
          const job = jobs[i] as Job;
          if ('error' in outcome) job.reject(inOurWords(outcome.error));
          else job.resolve(outcome.value);
        });
      } catch (error) {
        for (const job of jobs) job.reject(inOurWords(error));
      }
    } while (this.waiting.length > 0);
    this.running = undefined;
  }

  private runAll(jobs: Job[]): Outcome[] {
    this.begin.run();
    try {
      const only = jobs.length === 1 ? jobs[0] : undefined;
      const outcomes = only ? [this.runOne(only)] : jobs.map((job) => this.runInSavepoint(job));
      if (only && 'error' in (outcomes[0] as Outcome)) this.rollback.run();
      else if (only) only.inContext(() => this.commitOfOne.run());
      else this.commit.run();
      return outcomes;
    } catch (error) {
      if (this.database.inTransaction) this.rollback.run();
      throw error;
    }
  }

  private runInSavepoint(job: Job): Outcome {
    this.savepoint.run();
    const outcome = this.runOne(job);
    if ('error' in outcome) this.rollbackToSavepoint.run();
    this.release.run();
    return outcome;
  }

  /** @throws when SQLite has ended the transaction by itself (disk full, I/O error): then nobody's write is there. */
  private runOne(job: Job): Outcome {
    try {
      return { value: job.inContext(job.work) };
    } catch (error) {
      if (!this.database.inTransaction) throw error;
      return { error };
    }
  }
}

function inOurWords(error: unknown): unknown {
  return isFull(error) ? new DatabaseFullError(error) : error;
}
