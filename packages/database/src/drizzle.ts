/**
 * drizzle, loaded by `require`. Its ES modules are hundreds of small files: importing them costs 370 ms and 180 MB more
 * memory at start than the CommonJS build of the same package (Node 24.21, drizzle-orm 0.45). Always import drizzle
 * from here.
 */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const orm = require('drizzle-orm') as typeof import('drizzle-orm');
const core = require('drizzle-orm/sqlite-core') as typeof import('drizzle-orm/sqlite-core');
const driver = require('drizzle-orm/better-sqlite3') as typeof import('drizzle-orm/better-sqlite3');

export const { and, asc, desc, eq, getTableColumns, gt, is, lt, lte, ne, Param, Placeholder, sql } = orm;
export const { integer, sqliteTable, text } = core;
export const { drizzle } = driver;
export type { SQL, Table } from 'drizzle-orm';
export type { BetterSQLite3Database as Orm } from 'drizzle-orm/better-sqlite3';

/** Loads drizzle for PostgreSQL, which a process with SQLite never needs. */
export function loadPostgres(): typeof import('drizzle-orm/pg-core') {
  return require('drizzle-orm/pg-core');
}
