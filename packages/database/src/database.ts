import type { ColumnFactory } from './columns.ts';
import type { Orm, Table } from './drizzle.ts';
import type { Epoch, EpochCause } from './epochs.ts';
import type { Prepare } from './statement.ts';
import type { Body, Step } from './step.ts';

/** One database, SQLite or PostgreSQL: the same rules run on both. */
export interface Database extends AsyncDisposable {
  readonly dialect: 'sqlite' | 'postgres';
  /** For the schema. */
  readonly columns: ColumnFactory;
  /** Builds queries for `prepare`; it runs none. */
  readonly orm: Omit<Orm, 'all' | 'get' | 'run' | 'transaction' | 'values'>;
  prepare: Prepare;
  /**
   * Keeps the rows of these tables from changing until the transaction ends. On SQLite, nothing else writes meanwhile.
   * In a statement with joins, rows of other tables may be older than the lock.
   */
  lock<Q>(query: Q, ...tables: Table[]): Q;
  /** Runs the steps without a transaction: each sees what is committed then. */
  read<T>(body: Body<T>): Promise<T>;
  /**
   * Runs the steps in a transaction, and resolves after the commit. The body may run again when it conflicts with
   * another transaction, so it must have no other effect. `isSerializable`: no transaction that runs at the same time
   * changes what this one has read. On SQLite that is always so.
   */
  write<T>(body: Body<T>, options?: { isSerializable?: boolean }): Promise<T>;
  /** Readiness check: resolves while the database takes writes. @throws what `write` throws */
  check(): Promise<string>;
  /** The current epoch of the database's ids. */
  epoch(): Promise<Epoch>;
  /** The same, in a transaction. */
  currentEpoch(): Step<string>;
  /** Begins an epoch that sorts after the current one and after `after`. Resolves once it is committed. */
  beginEpoch(cause: EpochCause, after?: string): Promise<Epoch>;
  /**
   * Call when the process begins to close: what waits for a server that does not answer fails in time for a response.
   * Disposal still follows.
   */
  closeSoon(): void;
}
