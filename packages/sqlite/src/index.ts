export { DatabaseBusyError, DatabaseUnusableError } from './errors.ts';
export { openSqlite, type Sqlite } from './sqlite.ts';
