/** Another process has held the write lock for too long. Nothing was written; trying again later is right. */
export class DatabaseBusyError extends Error {
  readonly code = 'database_busy';

  constructor(file: string, waitedMs: number) {
    super(`the database ${file} has been locked by another process for ${waitedMs} ms`);
    this.name = 'DatabaseBusyError';
  }
}

/** There is no room left for what was to be written. Nothing of it was written; what is there can still be read. */
export class DatabaseFullError extends Error {
  readonly code = 'database_full';

  constructor(cause: unknown) {
    super('the disk that holds the database is full; nothing has changed, and what is there can still be read', {
      cause,
    });
    this.name = 'DatabaseFullError';
  }
}

/**
 * The storage fails: a read-only file system, an I/O error, a damaged page. Whether what was to be written is there is not known when
 * the storage failed in the middle of a commit; trying again later is right.
 */
export class DatabaseUnavailableError extends Error {
  readonly code = 'database_unavailable';

  constructor(cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`the storage of the database fails${codeOf(cause) ? ` (${codeOf(cause)})` : ''}: ${reason}`, { cause });
    this.name = 'DatabaseUnavailableError';
  }
}

/** An error of SQLite in the words of this package; every other error as it is. */
export function inOurWords(error: unknown): unknown {
  if (isFull(error)) return new DatabaseFullError(error);
  return STORAGE_ERRORS.test(codeOf(error)) ? new DatabaseUnavailableError(error) : error;
}

/** SQLite's words for what is wrong with a file or its file system: https://www.sqlite.org/rescode.html */
const STORAGE_ERRORS = /^SQLITE_(IOERR|READONLY|CANTOPEN|CORRUPT|NOTADB|PERM|AUTH|PROTOCOL|NOLFS|LOCKED|NOMEM)/;

/** The file is there but is not a database that can be used. It is never replaced by an empty one. */
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

/** SQLite's word for "somebody else holds the lock right now". */
export function isBusy(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_BUSY');
}

/** SQLite's word for a full disk. */
function isFull(error: unknown): boolean {
  return codeOf(error) === 'SQLITE_FULL';
}

/** drizzle wraps what some of its methods throw. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  return 'code' in error ? String(error.code) : codeOf(error.cause);
}
