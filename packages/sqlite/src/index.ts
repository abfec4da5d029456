export { asDatabase } from './database.ts';
export { openSqlite, type Sqlite } from './sqlite.ts';
