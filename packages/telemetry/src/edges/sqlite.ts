import { type Attributes, context, SpanKind, trace } from '@opentelemetry/api';
import type { Database, Statement } from 'better-sqlite3';
import {
  ATTR_DB_NAMESPACE,
  ATTR_DB_QUERY_SUMMARY,
  ATTR_DB_QUERY_TEXT,
  ATTR_DB_RESPONSE_STATUS_CODE,
  ATTR_DB_SYSTEM_NAME,
  ATTR_ERROR_TYPE,
} from '../attributes.ts';
import { secondsSince } from '../metrics/instruments.ts';
import { telemetryState } from '../setup/state.ts';
import { endLeaf, failLeaf, type Leaf, LeafKind, startLeaf } from './leaf.ts';
import { summaryOf } from './query-summary.ts';
import { errorTypeOf, markThrown, tracer } from './spans.ts';

/** Known when a statement is prepared. */
export interface Query {
  leaf: LeafKind;
  metricAttributes: Attributes;
}

/**
 * The summary is parsed from the text, as the conventions allow; they forbid `db.operation.name` and `db.collection.name`
 * from parsed text. The text has placeholders, hence no guest data: all statements of this repository bind their values.
 */
export function queryOf(source: string, namespace: string): Query {
  const summary = summaryOf(source);
  const metricAttributes = {
    [ATTR_DB_SYSTEM_NAME]: 'sqlite',
    [ATTR_DB_NAMESPACE]: namespace,
    [ATTR_DB_QUERY_SUMMARY]: summary,
  };
  const spanAttributes = { ...metricAttributes, [ATTR_DB_QUERY_TEXT]: source };
  return { leaf: new LeafKind(summary, SpanKind.CLIENT, spanAttributes), metricAttributes };
}

/**
 * Makes a better-sqlite3 connection record a CLIENT span for each statement inside a trace
 * (https://opentelemetry.io/docs/specs/semconv/database/database-spans/), and measure all statements. Those outside a
 * trace, such as a readiness check or the outbox's sweep, get no span: each would be its own trace.
 *
 * Written here because no instrumentation supports better-sqlite3 13, and the one for drizzle breaks its transactions.
 */
export function traceDatabase(database: Database, namespace: string): Database {
  if (!telemetryState.enabled && !telemetryState.metrics) return database;
  const prepare = database.prepare.bind(database);
  database.prepare = ((source: string) =>
    traceStatement(prepare(source) as Statement<unknown[]>, queryOf(source, namespace))) as Database['prepare'];

  const exec = database.exec.bind(database);
  database.exec = (source) => {
    observe(queryOf(source, namespace), database, exec, [source]);
    return database;
  };

  const transaction = database.transaction.bind(database);
  database.transaction = ((body: (...args: unknown[]) => unknown) => {
    const run = transaction(body);
    const query = queryOf('TRANSACTION', namespace);
    // `deferred`, `immediate` and `exclusive` differ in their BEGIN; `default` is the function itself.
    const traced = (variant: (...args: unknown[]) => unknown) =>
      function (this: unknown, ...args: unknown[]) {
        return aroundStatements(query, () => variant.apply(this, args));
      };
    const result = traced(run);
    return Object.assign(result, {
      default: result,
      deferred: traced(run.deferred),
      immediate: traced(run.immediate),
      exclusive: traced(run.exclusive),
    });
  }) as Database['transaction'];
  return database;
}

/** `raw()`, `pluck()` and `bind()` return the statement itself, so its methods are replaced instead of wrapped. */
function traceStatement(statement: Statement<unknown[]>, query: Query): Statement<unknown[]> {
  const run = statement.run;
  statement.run = (...args) => observe(query, statement, run, args);
  // Without rows, get, all and iterate always throw.
  if (!statement.reader) return statement;
  const { get, all, iterate } = statement;
  statement.get = (...args) => observe(query, statement, get, args);
  statement.all = (...args) => observe(query, statement, all, args);
  statement.iterate = (...args) => observeRows(query, iterate.apply(statement, args));
  return statement;
}

function observe<Args extends unknown[], T>(
  query: Query,
  target: unknown,
  method: (...args: Args) => T,
  args: Args,
): T {
  const leaf = startLeaf(query.leaf);
  const began = performance.now();
  try {
    const result = method.apply(target, args);
    if (leaf) endLeaf(leaf);
    measureQuery(query, began);
    return result;
  } catch (error) {
    failQuery(query, leaf, began, error);
    throw error;
  }
}

/** Runs inside its span, so that a transaction's statements are its children. */
function aroundStatements<T>({ leaf: { name, kind, attributes } }: Query, execute: () => T): T {
  if (!trace.getActiveSpan()) return execute();
  const span = tracer.startSpan(name, { kind, attributes });
  try {
    return context.with(trace.setSpan(context.active(), span), execute);
  } catch (error) {
    markThrown(span, error, 'database');
    throw error;
  } finally {
    span.end();
  }
}

/** From the first row requested to the last one read: a slowly read cursor is a slow query to its caller. */
function* observeRows<T>(query: Query, rows: IterableIterator<T>): IterableIterator<T> {
  const leaf = startLeaf(query.leaf);
  const began = performance.now();
  let failed = false;
  try {
    yield* rows;
  } catch (error) {
    failed = true;
    failQuery(query, leaf, began, error);
    throw error;
  } finally {
    if (!failed) {
      if (leaf) endLeaf(leaf);
      measureQuery(query, began);
    }
  }
}

export function failQuery(query: Query, leaf: Leaf | undefined, began: number, error: unknown): void {
  const status = errorTypeOf(error);
  if (leaf) failLeaf(query.leaf, leaf, error, { [ATTR_DB_RESPONSE_STATUS_CODE]: status });
  measureQuery(query, began, { [ATTR_DB_RESPONSE_STATUS_CODE]: status, [ATTR_ERROR_TYPE]: status });
}

export function measureQuery({ metricAttributes }: Query, began: number, failure?: Attributes): void {
  telemetryState.metrics?.dbOperationDuration.record(
    secondsSince(began),
    failure ? { ...metricAttributes, ...failure } : metricAttributes,
  );
}
