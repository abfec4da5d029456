import { ConstraintViolation, TransactionConflict } from '@hotel/database';
import { DatabaseError } from './driver.ts';
import { type Meaning, meaningOf } from './sqlstate.ts';

/** The server cannot run a statement now. `code` is one of `databaseErrors` of `@hotel/http`; retry later. */
export class PostgresError extends Error {
  readonly code: 'database_busy' | 'database_full' | 'database_unavailable' | 'database_unreachable';

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

/** The errors of the server for which a request gets 503, with the beginning of their message. */
const failures: Partial<Record<Meaning, [PostgresError['code'], string]>> = {
  conflict: ['database_busy', 'the database is busy: too many transactions conflict'],
  busy: ['database_busy', 'the database is busy'],
  full: ['database_full', 'the disk of the database is full'],
  storage: ['database_unavailable', 'the storage of the database fails'],
  unreachable: ['database_unreachable', 'the database cannot be reached'],
};

/** pg-pool's message when no connection became free in time. */
const POOL_EXHAUSTED = 'timeout exceeded when trying to connect';

/** The driver has no class for its own errors. */
const LOST =
  /^(Connection terminated|Query read timeout|Client has encountered|Client was closed|timeout expired|Cannot use a pool)/;
const LOST_CODES = /^(ECONN|ENOTFOUND|EAI_|ETIMEDOUT|EPIPE|EHOST|ENET|EADDR)/;

/** Whether the server answered, and the connection can be used again. */
export function isAnswer(error: unknown): boolean {
  return error instanceof DatabaseError && error.severity !== 'FATAL' && meaningOf(codeOf(error)) !== 'unreachable';
}

/** Whether to run the transaction again: it conflicted with a change of another one, committed or in progress. */
export function isConflict(error: unknown): boolean {
  if (!(error instanceof DatabaseError)) return error instanceof TransactionConflict;
  return ['conflict', 'constraint'].includes(meaningOf(codeOf(error)));
}

/** Maps errors of the driver to those of this package; returns others unchanged. */
export function toDatabaseError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = codeOf(error);
  if (error instanceof DatabaseError) {
    const meaning = meaningOf(code);
    if (meaning === 'constraint') return new ConstraintViolation(error.constraint ?? code, error);
    const failure = failures[meaning];
    return failure ? new PostgresError(failure[0], `${failure[1]} (${code}): ${error.message}`, error) : error;
  }
  if (error.message === POOL_EXHAUSTED) {
    return new PostgresError('database_busy', 'the database is busy: every connection to it is in use', error);
  }
  if (!LOST_CODES.test(code) && !LOST.test(error.message)) return error;
  return new PostgresError('database_unreachable', `the database cannot be reached: ${error.message || code}`, error);
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : '';
}
