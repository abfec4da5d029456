/** Another transaction has changed what this one has read: it is rolled back and runs again. */
export class TransactionConflict extends Error {
  readonly code = 'database_busy';
  override name = 'TransactionConflict';
}

/** A constraint of the schema rejected a write that the rules had accepted, in every attempt. Nothing was written. */
export class ConstraintViolation extends Error {
  override name = 'ConstraintViolation';
  readonly constraint: string;

  constructor(constraint: string, cause: unknown) {
    super(`the constraint ${constraint} rejects the write`, { cause });
    this.constraint = constraint;
  }
}

const OUTAGES: ReadonlySet<unknown> = new Set([
  'database_busy',
  'database_full',
  'database_unavailable',
  'database_unreachable',
]);

/** Whether an error says that the database cannot run a statement now, whatever the statement. Retry later. */
export function isDatabaseOutage(error: unknown): boolean {
  return error instanceof Error && 'code' in error && OUTAGES.has(error.code);
}
