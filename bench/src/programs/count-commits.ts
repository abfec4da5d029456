/** Preloaded into dispo: counts commits, and on SIGUSR2 writes the count to a file next to the database. */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Database, Statement } from 'better-sqlite3';

const require = createRequire(import.meta.url);
const { prototype } = require('better-sqlite3') as { prototype: Database };
let commits = 0;

const prepare = prototype.prepare as (source: string) => Statement<unknown[]>;
prototype.prepare = function (this: Database, source: string) {
  const statement = prepare.call(this, source);
  if (!/^COMMIT/i.test(source)) return statement;
  const run = statement.run;
  statement.run = (...args) => {
    commits++;
    return run.apply(statement, args);
  };
  return statement;
} as Database['prepare'];

process.on('SIGUSR2', () => writeFileSync(join(process.env.HOTEL_DATA_DIR ?? '.', 'commits'), String(commits)));
