/** Another process held the write lock for too long. Nothing was written; retry later. */
export class DatabaseBusyError extends Error {
  readonly code = 'database_busy';

  constructor(file: string, waitedMs: number) {
    super(`the database ${file} has been locked by another process for ${waitedMs} ms`);
    this.name = 'DatabaseBusyError';
  }
}

/** The disk is full. Nothing was written; reads still work. */
export class DatabaseFullError extends Error {
  readonly code = 'database_full';

  constructor(cause: unknown) {
    super('the disk of the database is full; nothing has changed, and reads still work', {
      cause,
    });
    this.name = 'DatabaseFullError';
  }
}

/**
 * The storage failed: a read-only file system, an I/O error, a damaged page. If it failed during a commit, the write
 * may or may not have taken effect. Retry later.
 */
export class DatabaseUnavailableError extends Error {
  readonly code = 'database_unavailable';

  constructor(cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`the storage of the database fails${codeOf(cause) ? ` (${codeOf(cause)})` : ''}: ${reason}`, { cause });
    this.name = 'DatabaseUnavailableError';
  }
}

/** Maps SQLite errors to the errors of this package; returns others unchanged. */
export function toDatabaseError(error: unknown): unknown {
  if (isFull(error)) return new DatabaseFullError(error);
  return STORAGE_ERRORS.test(codeOf(error)) ? new DatabaseUnavailableError(error) : error;
}

/** SQLite error codes for problems of a file or its file system: https://www.sqlite.org/rescode.html */
const STORAGE_ERRORS = /^SQLITE_(IOERR|READONLY|CANTOPEN|CORRUPT|NOTADB|PERM|AUTH|PROTOCOL|NOLFS|LOCKED|NOMEM)/;

/** The file exists but is not a usable database. It is never replaced by an empty one. */
export class DatabaseUnusableError extends Error {
  constructor(file: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(
      `the database ${file} cannot be used: ${reason}. Restore it from a backup, or move it away to start with an empty one.`,
      {
        cause,
      },
    );
    this.name = 'DatabaseUnusableError';
  }
}

/** SQLite's error codes for a lock held by another connection. */
export function isBusy(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_BUSY');
}

/** SQLite's error code for a full disk. */
function isFull(error: unknown): boolean {
  return codeOf(error) === 'SQLITE_FULL';
}

/** Unwraps drizzle's errors: some of its methods wrap what they throw. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  return 'code' in error ? String(error.code) : codeOf(error.cause);
}
