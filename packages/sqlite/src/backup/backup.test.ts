import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sql } from '../drizzle.ts';
import { openSqlite, type Sqlite } from '../sqlite.ts';
import { BackupError, backUp } from './backup.ts';

let folder: string;
let file: string;
let copy: string;
let sqlite: Sqlite;
const openFile = (path: string) =>
  openSqlite({ file: path, migrations: pathToFileURL(`${folder}/`), namespace: 'test', synchronous: 'NORMAL' });
const numbers = (from: Sqlite) => from.orm.all<{ n: number }>(sql`SELECT n FROM numbers`).map(({ n }) => n);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hotel-backup-'));
  file = join(folder, 'test.sqlite');
  copy = join(folder, 'copy.sqlite');
  writeFileSync(join(folder, '0001_numbers.sql'), 'CREATE TABLE numbers (n INTEGER PRIMARY KEY) STRICT;');
  sqlite = await openFile(file);
  await sqlite.write(() => sqlite.orm.run(sql`INSERT INTO numbers VALUES (1)`));
});
afterEach(async () => {
  await sqlite[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

it('backs up everything committed in a database in use, including what is only in the journal', async () => {
  backUp(file, copy);
  await using restored = await openFile(copy);
  expect(numbers(restored)).toEqual([1]);
});

it('begins a new epoch once when a backup is opened, but not in the original database', async () => {
  expect(sqlite.epoch().cause).toBe('created');
  backUp(file, copy);
  const first = await openFile(copy);
  const { epoch, cause } = first.epoch();
  expect(cause).toBe('restored');
  expect(epoch > sqlite.epoch().epoch).toBe(true);
  await first[Symbol.asyncDispose]();
  await using again = await openFile(copy);
  expect(again.epoch().epoch).toBe(epoch);
});

it('refers to pg_dump for a database on PostgreSQL, without its password', () => {
  const secret = 'postgres://hotel:hush@127.0.0.1:5432/dispo';
  expect(() => backUp(secret, copy)).toThrow(/On PostgreSQL, use pg_dump, as docs\/backup.md/);
  expect(() => backUp(secret, copy)).not.toThrow(/hush/);
});

it('gives two databases restored from one backup different epochs', async () => {
  backUp(file, copy);
  copyFileSync(copy, `${copy}-2`);
  await using one = await openFile(copy);
  await using other = await openFile(`${copy}-2`);
  expect(one.epoch().epoch).not.toBe(other.epoch().epoch);
});

it('begins epochs that sort after every known one, whatever the clock says', async () => {
  const future = 'f198c5a0-0000-7000-8000-00000000e0c1';
  expect((await sqlite.beginEpoch('conflict', future)).epoch > future).toBe(true);
  expect((await sqlite.beginEpoch('replaying')).epoch > future).toBe(true);
});

it('overwrites nothing, and leaves no file behind when there is nothing to copy', () => {
  backUp(file, copy);
  expect(() => backUp(file, copy)).toThrow(BackupError);
  expect(() => backUp(join(folder, 'none.sqlite'), join(folder, 'other.sqlite'))).toThrow(/There is no file .*pg_dump/);
  const text = join(folder, 'text.sqlite');
  writeFileSync(text, 'not a database'.repeat(1_000));
  expect(() => backUp(text, join(folder, 'other.sqlite'))).toThrow(/cannot be backed up/);
  expect(existsSync(join(folder, 'other.sqlite'))).toBe(false);
  expect(existsSync(join(folder, 'other.sqlite.partial'))).toBe(false);
});
