import { ConstraintViolation, TransactionConflict } from '@hotel/database';
import { DatabaseError } from './driver.ts';

/** The server cannot run a statement now. `code` is one of `databaseErrors` of `@hotel/http`; retry later. */
export class PostgresError extends Error {
  readonly code: 'database_busy' | 'database_full' | 'database_unavailable';

  constructor(code: PostgresError['code'], message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'PostgresError';
    this.code = code;
  }
}

/** The service cannot use this database at all; the message says why. */
export class PostgresUnusableError extends Error {
  override name = 'PostgresUnusableError';
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const SERIALIZATION_FAILURE = /^(40001|40P01)$/;
const INTEGRITY_VIOLATION = /^23/;
const BUSY = /^(55P03|57014|53300)$/;
const FULL = /^(53100|53200)$/;

function stateOf(error: unknown): string {
  return error instanceof DatabaseError ? (error.code ?? '') : '';
}

/** pg-pool's message when no connection became free in time. */
const POOL_EXHAUSTED = 'timeout exceeded when trying to connect';

/** Whether the server answered: then the connection can be used again. */
export function isAnswer(error: unknown): boolean {
  // Class 57: the server ends the connection or is shutting down.
  return error instanceof DatabaseError && !/^57P/.test(stateOf(error)) && error.severity !== 'FATAL';
}

/** Whether to run the transaction again: it met a change that was committed, or that is being made, by another. */
export function isConflict(error: unknown): boolean {
  const state = stateOf(error);
  return error instanceof TransactionConflict || SERIALIZATION_FAILURE.test(state) || INTEGRITY_VIOLATION.test(state);
}

/** Maps errors of the driver to those of this package; returns others unchanged. */
export function toDatabaseError(error: unknown): unknown {
  if (error instanceof DatabaseError) {
    const state = stateOf(error);
    if (INTEGRITY_VIOLATION.test(state)) return new ConstraintViolation(error.constraint ?? state, error);
    if (SERIALIZATION_FAILURE.test(state))
      return new PostgresError('database_busy', 'too many transactions conflict', error);
    if (BUSY.test(state)) return new PostgresError('database_busy', `the database is busy (${state})`, error);
    if (FULL.test(state))
      return new PostgresError('database_full', `the disk of the database is full (${state})`, error);
    if (/^(08|25006|28|3D|53|57|58|XX)/.test(state)) return unavailable(error, state);
    return error;
  }
  if (error instanceof Error && error.message === POOL_EXHAUSTED) {
    return new PostgresError('database_busy', 'every connection to the database is in use', error);
  }
  return isOfConnection(error) ? unavailable(error, codeOf(error)) : error;
}

/** The driver has no class for its own errors. */
function isOfConnection(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    /^(ECONN|ENOTFOUND|EAI_|ETIMEDOUT|EPIPE|EHOST|ENET)/.test(codeOf(error)) ||
    /^(Connection terminated|Query read timeout|Client has encountered|timeout exceeded|Client was closed|timeout expired)/.test(
      error.message,
    )
  );
}

function unavailable(error: Error | unknown, code: string): PostgresError {
  const reason = error instanceof Error ? error.message : String(error);
  return new PostgresError(
    'database_unavailable',
    `the database cannot be reached${code && ` (${code})`}: ${reason}`,
    error,
  );
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
