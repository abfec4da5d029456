import { ATTR_COMMIT_WRITES, ATTR_DB_RESPONSE_STATUS_CODE, ATTR_LOCK_ATTEMPTS } from '../attributes.ts';
import { telemetryState } from '../setup/state.ts';
import { endLeaf, failLeaf, LeafKind, startLeaf } from './leaf.ts';
import type { Moment } from './moment.ts';
import { queryOf } from './sqlite.ts';

/** Counts below this have a template of their own. */
const MAX_TEMPLATES = 128;

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
  const commitOf = kindsBy(ATTR_COMMIT_WRITES, commit.leaf);
  const lockAfter = kindsBy(ATTR_LOCK_ATTEMPTS, queryOf('BEGIN IMMEDIATE', namespace).leaf);
  return {
    committed(began, ended) {
      telemetryState.metrics?.dbOperationDuration.record((ended.ms - began.ms) / 1_000, commit.metricAttributes);
    },
    showCommit(began, ended, writes) {
      const leaf = startLeaf(commitOf(writes), began.time);
      if (leaf) endLeaf(leaf, ended.time);
    },
    showLock({ began, ended, attempts, error }) {
      const kind = lockAfter(attempts);
      const leaf = startLeaf(kind, began.time);
      if (leaf && error === undefined) endLeaf(leaf, ended.time);
      else if (leaf) failLeaf(kind, leaf, error, { [ATTR_DB_RESPONSE_STATUS_CODE]: 'SQLITE_BUSY' }, ended.time);
    },
  };
}

/** Kinds of leaf that differ only in a count. */
function kindsBy(attribute: string, { name, kind, attributes }: LeafKind): (count: number) => LeafKind {
  const known: LeafKind[] = [];
  return (count) => {
    const found = known[count] ?? new LeafKind(name, kind, { ...attributes, [attribute]: count });
    if (count < MAX_TEMPLATES) known[count] = found;
    return found;
  };
}
