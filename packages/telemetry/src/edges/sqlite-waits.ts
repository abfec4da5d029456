import { SpanKind, trace } from '@opentelemetry/api';
import { ATTR_COMMIT_WRITES, ATTR_DB_RESPONSE_STATUS_CODE, ATTR_LOCK_ATTEMPTS } from '../attributes.ts';
import { telemetryState } from '../setup/state.ts';
import type { Moment } from './moment.ts';
import { markThrown, tracer } from './spans.ts';
import { type Query, queryOf } from './sqlite.ts';

/**
 * Waits of a request in the database that are not statements. Each is a CLIENT span of every request that waited, since
 * it may be most of the request's time. Recorded afterwards, in the active context.
 */
export interface DatabaseWaits {
  /** Counts a COMMIT shared by several writes, once. */
  committed(began: Moment, ended: Moment): void;
  /** Adds its span to one of the writes. @param writes how many share it. */
  showCommit(began: Moment, ended: Moment, writes: number): void;
  /** Adds a span for the wait for another process's write lock; `error` is set if the wait failed. */
  showLock(wait: { began: Moment; ended: Moment; attempts: number; error?: unknown }): void;
}

/** @param namespace `db.namespace` of the spans. */
export function createDatabaseWaits(namespace: string): DatabaseWaits {
  const commit = queryOf('COMMIT', namespace);
  const begin = queryOf('BEGIN IMMEDIATE', namespace);
  return {
    committed(began, ended) {
      telemetryState.metrics?.dbOperationDuration.record((ended.ms - began.ms) / 1_000, commit.metricAttributes);
    },
    showCommit(began, ended, writes) {
      start(commit, began)?.setAttribute(ATTR_COMMIT_WRITES, writes).end(ended.time);
    },
    showLock({ began, ended, attempts, error }) {
      const span = start(begin, began)?.setAttribute(ATTR_LOCK_ATTEMPTS, attempts);
      if (span && error !== undefined) {
        span.setAttribute(ATTR_DB_RESPONSE_STATUS_CODE, 'SQLITE_BUSY');
        markThrown(span, error);
      }
      span?.end(ended.time);
    },
  };
}

/** Undefined outside a trace. */
function start({ summary, spanAttributes }: Query, began: Moment) {
  if (!trace.getActiveSpan()?.isRecording()) return undefined;
  return tracer.startSpan(summary, { kind: SpanKind.CLIENT, attributes: spanAttributes, startTime: began.time });
}
