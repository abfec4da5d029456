export { type ColumnFactory, postgresColumns, sqliteColumns } from './columns.ts';
export type { Database } from './database.ts';
export { type Epoch, type EpochCause, nextEpoch } from './epochs.ts';
export { ConstraintViolation, isDatabaseOutage, TransactionConflict } from './errors.ts';
export { type AppliedMigration, type Migration, pendingMigrations, readMigrations } from './migrations.ts';
export {
  compile,
  type Prepare,
  type Query,
  type Statement,
  type StatementOf,
  type Undecoded,
  type Values,
} from './statement.ts';
export {
  type Body,
  finish,
  LastRequest,
  lastly,
  mapStep,
  type Request,
  RequestGroup,
  type Step,
  synchronously,
  together,
} from './step.ts';
export { readInSteps } from './steps.ts';
