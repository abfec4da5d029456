import { remainingMs } from '@hotel/runtime';
import { PostgresError } from './errors.ts';

// No guarantee depends on these bounds: they only end what hangs, even on a machine that is several times slower. Each
// is shorter than the next, so that the error says what took the time.
/** How long a request waits for a free connection, or for a new one. */
export const ACQUIRE_TIMEOUT_MS = 8_000;
/** Upper bound on the wait for a row that another transaction has locked, and on a statement. */
export const LOCK_TIMEOUT_MS = 8_000;
export const STATEMENT_TIMEOUT_MS = 10_000;
/** Longer than the server's own limit: reached only when the server does not answer. */
export const ANSWER_TIMEOUT_MS = 12_000;
const ANSWER_AFTER_MS = ANSWER_TIMEOUT_MS - STATEMENT_TIMEOUT_MS;

/** How long the current request may still wait for a connection. @throws PostgresError when it has no time left */
export function acquireTimeoutMs(): number {
  return Math.min(ACQUIRE_TIMEOUT_MS, timeLeft());
}

/**
 * The command that lets the server end the next statement of a transaction in time for the current request. Undefined
 * while the limit of the connection is enough. @throws PostgresError when the request has no time left
 */
export function shorterTimeout(): string | undefined {
  const ms = timeLeft();
  return ms < STATEMENT_TIMEOUT_MS ? `SET LOCAL statement_timeout = ${Math.ceil(ms)}` : undefined;
}

/** A query whose answer is awaited a moment longer than the server may take. The types of pg lack the option. */
export function withAnswerTimeout<Q extends object>(query: Q): Q & { query_timeout: number } {
  const left = remainingMs() ?? Number.POSITIVE_INFINITY;
  return { ...query, query_timeout: Math.min(ANSWER_TIMEOUT_MS, Math.max(0, left) + ANSWER_AFTER_MS) };
}

export function requestTimedOut(): PostgresError {
  return new PostgresError('database_busy', 'the database is busy: the request has no time left', undefined);
}

function timeLeft(): number {
  const left = remainingMs() ?? Number.POSITIVE_INFINITY;
  if (left <= 0) throw requestTimedOut();
  return left;
}
