export { openSqlite, type Sqlite } from './sqlite.ts';
export { readInSteps } from './steps.ts';
