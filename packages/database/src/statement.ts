import { is, Param, Placeholder } from './drizzle.ts';
import type { Step } from './step.ts';

/** The result of `orm.select()…`, `orm.insert()…` and so on. */
export interface Query {
  toSQL(): { sql: string; params: unknown[] };
  prepare(): { get(): unknown; all(): unknown };
}

type RowOf<Q extends Query> = NonNullable<ReturnType<ReturnType<Q['prepare']>['get']>>;
type ColumnValue = string | number | bigint | Buffer | null;
/** Rejects queries with columns that drizzle would decode, such as `{ mode: 'json' }`, and with nested tables. */
export type Undecoded<Q extends Query> = [RowOf<Q>] extends [never]
  ? unknown
  : RowOf<Q>[keyof RowOf<Q>] extends ColumnValue
    ? unknown
    : 'a prepared query returns rows as the driver does: select a JSON column as text';

/** Values of a query's placeholders, by name. */
export type Values = Readonly<Record<string, unknown>>;

/** A query whose `sql.placeholder`s are filled by name. A placeholder without a value is a TypeError. */
export interface Statement<Row> {
  get(values?: Values): Step<Row | undefined>;
  all(values?: Values): Step<Row[]>;
  /** @returns the number of rows changed */
  run(values?: Values): Step<number>;
}
export type StatementOf<Q extends Query> = Statement<RowOf<Q>>;

/** Prepares a query. Its columns must have the same names and values in table and schema. */
export type Prepare = <Q extends Query>(query: Q & Undecoded<Q>) => StatementOf<Q>;

/** Returns the text of a query, and a function that turns the values of its placeholders into parameters. */
export function compile(query: Query): { sql: string; bind(values?: Values): unknown[] } {
  const { sql, params } = query.toSQL();
  const readers = params.map(readerOf);
  return { sql, bind: (values = {}) => readers.map((read) => read(values)) };
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

/** A driver would treat a missing value as NULL. */
function required(values: Values, name: string): unknown {
  const value = values[name];
  if (value === undefined) throw new TypeError(`the statement needs a value for "${name}"`);
  return value;
}
