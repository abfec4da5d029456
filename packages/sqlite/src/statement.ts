/**
 * Runs queries built by drizzle directly in the driver. drizzle's own prepared queries process each parameter and
 * column again on every run, which takes as long as SQLite itself.
 */
import type { Database, RunResult } from 'better-sqlite3';
import { is, Param, Placeholder } from './drizzle.ts';

/** The result of `orm.select()…`, `orm.insert()…` and so on. */
export interface Query {
  toSQL(): { sql: string; params: unknown[] };
  prepare(): { get(): unknown; all(): unknown };
}

/** A query whose `sql.placeholder`s are filled by name. */
export interface PreparedStatement<Q extends Query> {
  get(values?: Values): ReturnType<ReturnType<Q['prepare']>['get']>;
  all(values?: Values): ReturnType<ReturnType<Q['prepare']>['all']>;
  run(values?: Values): RunResult;
}
type Values = Readonly<Record<string, unknown>>;

type RowOf<Q extends Query> = NonNullable<ReturnType<ReturnType<Q['prepare']>['get']>>;
type ColumnValue = string | number | bigint | Buffer | null;
/** Rejects queries with columns that drizzle would decode, such as `{ mode: 'json' }`, and with nested tables. */
export type Undecoded<Q extends Query> = [RowOf<Q>] extends [never]
  ? unknown
  : RowOf<Q>[keyof RowOf<Q>] extends ColumnValue
    ? unknown
    : 'a prepared query returns rows as the driver does: select a JSON column as text';

/**
 * Prepares a query. Rows are returned as SQLite delivers them, so their columns must have the same names and values in
 * table and schema (`text()`, `integer()`). `get`, `all` and `run` throw TypeError for a placeholder without a value.
 */
export function prepareStatement<Q extends Query>(database: Database, query: Q & Undecoded<Q>): PreparedStatement<Q> {
  const { sql, params } = query.toSQL();
  const readers = params.map(readerOf);
  const statement = database.prepare<unknown[], never>(sql);
  const bind = (values: Values = {}) => readers.map((read) => read(values));
  return {
    get: (values) => statement.get(...bind(values)) as never,
    all: (values) => statement.all(...bind(values)) as never,
    run: (values) => statement.run(...bind(values)),
  };
}

/** Reads a parameter from the values and encodes it for its column. */
function readerOf(param: unknown): (values: Values) => unknown {
  if (is(param, Placeholder)) return (values) => required(values, param.name);
  if (is(param, Param) && is(param.value, Placeholder)) {
    const { name } = param.value;
    return (values) => param.encoder.mapToDriverValue(required(values, name));
  }
  return () => param;
}

/** The driver would treat a missing value as NULL. */
function required(values: Values, name: string): unknown {
  const value = values[name];
  if (value === undefined) throw new TypeError(`the statement needs a value for "${name}"`);
  return value;
}
