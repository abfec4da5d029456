import { type Attributes, SpanKind } from '@opentelemetry/api';
import {
  ATTR_DB_NAMESPACE,
  ATTR_DB_QUERY_SUMMARY,
  ATTR_DB_QUERY_TEXT,
  ATTR_DB_SYSTEM_NAME,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
} from '../attributes.ts';
import { endLeaf, failLeaf, LeafKind, startLeaf } from './leaf.ts';
import type { Moment } from './moment.ts';
import { summaryOf } from './query-summary.ts';
import { failQuery, measureQuery, type Query } from './sqlite.ts';

/** The database that a connection belongs to. */
export interface PostgresTarget {
  /** `db.namespace`: the name of the database. */
  namespace: string;
  address: string;
  port: number;
}

/** A statement whose executions are recorded. */
export type PostgresQuery = Query;

/** Prepares the spans of a statement. Its text has placeholders, hence no values. */
export function postgresQuery(source: string, target: PostgresTarget): PostgresQuery {
  const summary = summaryOf(source);
  const metricAttributes = { ...attributesOf(target), [ATTR_DB_QUERY_SUMMARY]: summary };
  const spanAttributes = { ...metricAttributes, [ATTR_DB_QUERY_TEXT]: source };
  return { leaf: new LeafKind(summary, SpanKind.CLIENT, spanAttributes), metricAttributes };
}

function attributesOf({ namespace, address, port }: PostgresTarget): Attributes {
  return {
    [ATTR_DB_SYSTEM_NAME]: 'postgresql',
    [ATTR_DB_NAMESPACE]: namespace,
    [ATTR_SERVER_ADDRESS]: address,
    [ATTR_SERVER_PORT]: port,
  };
}

/**
 * Records a CLIENT span inside a trace, and measures the statement
 * (https://opentelemetry.io/docs/specs/semconv/database/postgresql/). An error has the server's code (SQLSTATE).
 */
export async function observeQuery<T>(query: PostgresQuery, execute: () => Promise<T>): Promise<T> {
  const leaf = startLeaf(query.leaf);
  const began = performance.now();
  try {
    const result = await execute();
    if (leaf) endLeaf(leaf);
    measureQuery(query, began);
    return result;
  } catch (error) {
    failQuery(query, leaf, began, error);
    throw error;
  }
}

/** Waits for a connection, which may be most of a request's time while the pool is exhausted. */
export interface PostgresWaits {
  /** Adds a CLIENT span in the active context; `error` is set if the wait failed. */
  show(wait: { began: Moment; ended: Moment; error?: unknown }): void;
}

export function createPostgresWaits(target: PostgresTarget): PostgresWaits {
  const kind = new LeafKind('wait for connection', SpanKind.CLIENT, attributesOf(target));
  return {
    show({ began, ended, error }) {
      const leaf = startLeaf(kind, began.time);
      if (leaf && error === undefined) endLeaf(leaf, ended.time);
      else if (leaf) failLeaf(kind, leaf, error, {}, ended.time);
    },
  };
}
