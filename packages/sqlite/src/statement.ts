/**
 * Runs queries built by drizzle directly in the driver. drizzle's own prepared queries process each parameter and
 * column again on every run, which takes as long as SQLite itself.
 */
import { compile, type Query, type Undecoded, type Values } from '@hotel/database';
import type { Database, RunResult } from 'better-sqlite3';

/** A query whose `sql.placeholder`s are filled by name. */
export interface PreparedStatement<Q extends Query> {
  get(values?: Values): ReturnType<ReturnType<Q['prepare']>['get']>;
  all(values?: Values): ReturnType<ReturnType<Q['prepare']>['all']>;
  run(values?: Values): RunResult;
}

/**
 * Prepares a query. Rows are returned as SQLite delivers them, so their columns must have the same names and values in
 * table and schema (`text()`, `integer()`). `get`, `all` and `run` throw TypeError for a placeholder without a value.
 */
export function prepareStatement<Q extends Query>(database: Database, query: Q & Undecoded<Q>): PreparedStatement<Q> {
  const { sql, bind } = compile(query);
  const statement = database.prepare<unknown[], never>(sql);
  return {
    get: (values) => statement.get(...bind(values)) as never,
    all: (values) => statement.all(...bind(values)) as never,
    run: (values) => statement.run(...bind(values)),
  };
}
