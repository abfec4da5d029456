/** Another process has held the write lock for too long. Nothing was written; trying again later is right. */
export class DatabaseBusyError extends Error {
  readonly code = 'database_busy';

  constructor(file: string, waitedMs: number) {
    super(`the database ${file} has been locked by another process for ${waitedMs} ms`);
    this.name = 'DatabaseBusyError';
  }
}

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
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY');
}
