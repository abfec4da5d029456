import { type Attributes, context, type Span, SpanKind, TraceFlags, trace } from '@opentelemetry/api';
import type { Database, Statement } from 'better-sqlite3';
import {
  ATTR_DB_COLLECTION_NAME,
  ATTR_DB_NAMESPACE,
  ATTR_DB_OPERATION_NAME,
  ATTR_DB_QUERY_TEXT,
  ATTR_DB_RESPONSE_STATUS_CODE,
  ATTR_DB_SYSTEM_NAME,
} from '../attributes.ts';
import { telemetryState } from '../setup/state.ts';
import { samplingFollowsParent } from '../setup/switch.ts';
import { errorTypeOf, markThrown, tracer } from './spans.ts';

const followsParent = samplingFollowsParent(process.env);

/**
 * Makes a better-sqlite3 connection record a CLIENT span for each statement that runs inside of a trace
 * (https://opentelemetry.io/docs/specs/semconv/database/database-spans/). Statements outside of a trace, such as a
 * readiness check or the outbox's sweep, record nothing: they would all be traces of one span.
 *
 * Written here because no instrumentation knows better-sqlite3 13, and the one for drizzle breaks its transactions.
 */
export function traceDatabase(database: Database, namespace: string): Database {
  if (!telemetryState.enabled) return database;
  const prepare = database.prepare.bind(database);
  database.prepare = ((source: string) =>
    traceStatement(prepare(source) as Statement<unknown[]>, queryAttributes(source, namespace))) as Database['prepare'];

  const exec = database.exec.bind(database);
  database.exec = (source) => {
    recorded(queryAttributes(source, namespace), () => exec(source));
    return database;
  };

  const transaction = database.transaction.bind(database);
  database.transaction = ((body: (...args: unknown[]) => unknown) => {
    const run = transaction(body);
    const attributes = queryAttributes('TRANSACTION', namespace);
    // `deferred`, `immediate` and `exclusive` are the same function with another BEGIN; `default` is the function itself.
    const traced = (variant: (...args: unknown[]) => unknown) =>
      function (this: unknown, ...args: unknown[]) {
        return recorded(attributes, () => variant.apply(this, args));
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

/** `raw()`, `pluck()` and `bind()` return the statement itself, so its own methods are replaced, not wrapped in another object. */
function traceStatement(statement: Statement<unknown[]>, attributes: Attributes): Statement<unknown[]> {
  const run = statement.run;
  statement.run = (...args) => recordedStatement(attributes, statement, run, args);
  // What returns no rows has no get, all or iterate that could succeed.
  if (!statement.reader) return statement;
  const { get, all, iterate } = statement;
  statement.get = (...args) => recordedStatement(attributes, statement, get, args);
  statement.all = (...args) => recordedStatement(attributes, statement, all, args);
  statement.iterate = (...args) => recordedRows(attributes, iterate.apply(statement, args));
  return statement;
}

/** Undefined outside of a trace, and in one that is not sampled: most of them, where a few of a hundred are. */
function startStatement(attributes: Attributes): Span | undefined {
  const here = context.active();
  const parent = trace.getSpanContext(here);
  if (!parent || (followsParent && (parent.traceFlags & TraceFlags.SAMPLED) === 0)) return undefined;
  return tracer.startSpan(spanName(attributes), { kind: SpanKind.CLIENT, attributes }, here);
}

function spanName(attributes: Attributes): string {
  const collection = attributes[ATTR_DB_COLLECTION_NAME];
  const operation = String(attributes[ATTR_DB_OPERATION_NAME]);
  return collection ? `${operation} ${collection}` : operation;
}

/** Nothing can begin below a statement, so its span need not be in anybody's context, which costs as much as a sixth of the span. */
function recordedStatement<T>(
  attributes: Attributes,
  statement: Statement<unknown[]>,
  method: (...args: unknown[]) => T,
  args: unknown[],
): T {
  const span = startStatement(attributes);
  if (!span) return method.apply(statement, args);
  try {
    return method.apply(statement, args);
  } catch (error) {
    fail(span, error);
    throw error;
  } finally {
    span.end();
  }
}

/** Inside of its own span, so that the statements of a transaction are its children. */
function recorded<T>(attributes: Attributes, execute: () => T): T {
  const span = startStatement(attributes);
  if (!span) return execute();
  try {
    return context.with(trace.setSpan(context.active(), span), execute);
  } catch (error) {
    fail(span, error);
    throw error;
  } finally {
    span.end();
  }
}

/** From the first row asked for to the last one taken: a cursor that is read slowly is a slow query to whoever waits. */
function* recordedRows<T>(attributes: Attributes, rows: IterableIterator<T>): IterableIterator<T> {
  const span = startStatement(attributes);
  try {
    yield* rows;
  } catch (error) {
    if (span) fail(span, error);
    throw error;
  } finally {
    span?.end();
  }
}

function fail(span: Span, error: unknown): void {
  markThrown(span, error);
  if (error instanceof Error) span.setAttribute(ATTR_DB_RESPONSE_STATUS_CODE, errorTypeOf(error));
}

/**
 * The text of a query, read once when it is prepared. It holds placeholders where the values are, so no guest's data: all
 * statements of this repository bind their values.
 */
function queryAttributes(source: string, namespace: string): Attributes {
  const operation = /^\s*([a-z]+)/i.exec(source)?.[1]?.toUpperCase() ?? 'QUERY';
  const collection = /\b(?:from|into|update)\s+["`]?([a-z_][a-z0-9_]*)/i.exec(source)?.[1];
  return {
    [ATTR_DB_SYSTEM_NAME]: 'sqlite',
    [ATTR_DB_NAMESPACE]: namespace,
    [ATTR_DB_OPERATION_NAME]: operation,
    ...(collection ? { [ATTR_DB_COLLECTION_NAME]: collection } : {}),
    [ATTR_DB_QUERY_TEXT]: source,
  };
}
