import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Database } from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sql } from './drizzle.ts';
import { DatabaseBusyError, DatabaseFullError, DatabaseUnavailableError, DatabaseUnusableError } from './errors.ts';
import { checkIntegrity } from './file/integrity.ts';
import { startVacuum } from './file/vacuum.ts';
import { openSqlite, type Sqlite } from './sqlite.ts';

const open = createRequire(import.meta.url)('better-sqlite3') as typeof import('better-sqlite3');

let folder: string;
let file: string;
let migrations: URL;
let sqlite: Sqlite;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hotel-sqlite-'));
  file = join(folder, 'data', 'test.sqlite');
  migrations = pathToFileURL(`${folder}/`);
  writeFileSync(join(folder, '0001_numbers.sql'), 'CREATE TABLE numbers (n INTEGER PRIMARY KEY) STRICT;');
  sqlite = await openSqlite({ file, migrations, namespace: 'test' });
});

afterEach(async () => {
  await sqlite[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const insert = (n: number) => sqlite.write(() => sqlite.orm.run(sql`INSERT INTO numbers VALUES (${n})`));
const numbers = () =>
  sqlite.read(() => sqlite.orm.all<{ n: number }>(sql`SELECT n FROM numbers ORDER BY n`).map((row) => row.n));

function overwritePage(page: number): void {
  const content = readFileSync(file);
  writeFileSync(file, content.fill('damaged ', page * 4_096, (page + 1) * 4_096));
}

describe('writes', () => {
  it('are visible to another connection once they resolve', async () => {
    await insert(1);
    const other = open(file, { readonly: true });
    expect(other.prepare('SELECT n FROM numbers').pluck().all()).toEqual([1]);
    other.close();
  });

  it('are committed together when they arrive together, and a failing one does not affect the others', async () => {
    const results = await Promise.allSettled([insert(1), insert(2), insert(1), insert(3)]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(await numbers()).toEqual([1, 2, 3]);
  });

  it('leave nothing behind when they fail half-way', async () => {
    const half = sqlite.write(() => {
      sqlite.orm.run(sql`INSERT INTO numbers VALUES (7)`);
      throw new Error('changed my mind');
    });
    await expect(half).rejects.toThrow('changed my mind');
    expect(await numbers()).toEqual([]);
  });

  it.each([1, 2])('are rejected and rolled back when their body is asynchronous (%i at once)', async (count) => {
    // The types forbid it as well.
    const body = async () => {
      sqlite.orm.run(sql`INSERT INTO numbers VALUES (7)`);
      await Promise.reject(new Error('later'));
    };
    const writes = Array.from({ length: count }, () => sqlite.write(body as () => unknown));
    for (const result of await Promise.allSettled(writes)) {
      expect(result).toMatchObject({ status: 'rejected', reason: expect.any(TypeError) });
    }
    expect(await numbers()).toEqual([]);
  });

  it('leave nothing behind when they fail half-way in a shared commit', async () => {
    const half = sqlite.write(() => {
      sqlite.orm.run(sql`INSERT INTO numbers VALUES (7)`);
      throw new Error('changed my mind');
    });
    const results = await Promise.allSettled([insert(1), half, insert(2)]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await numbers()).toEqual([1, 2]);
  });

  it.each([1, 3])('are rejected when their commit fails (%i at once)', async (count) => {
    await sqlite.write(() => sqlite.orm.run(sql`CREATE TABLE parts (n INTEGER REFERENCES numbers (n)) STRICT`));
    const orphan = (n: number) =>
      sqlite.write(() => {
        // A constraint that is only checked on commit.
        sqlite.orm.run(sql`PRAGMA defer_foreign_keys = ON`);
        sqlite.orm.run(sql`INSERT INTO parts VALUES (${n})`);
      });
    const results = await Promise.allSettled(Array.from({ length: count }, (_, n) => orphan(n)));
    expect(results.map(({ status }) => status)).toEqual(Array.from({ length: count }, () => 'rejected'));
    await insert(1);
    expect(await numbers()).toEqual([1]);
  });

  it('wait for another process without blocking this one', async () => {
    const other = open(file);
    other.exec('BEGIN IMMEDIATE');
    let turns = 0;
    const ticking = setInterval(() => turns++, 1);
    const written = insert(1);
    await expect.poll(() => turns, { interval: 5 }).toBeGreaterThan(3);
    other.exec('COMMIT');
    await written;
    clearInterval(ticking);
    other.close();
    expect(await numbers()).toEqual([1]);
  });

  it('fail with an error that names the file when the lock is not released', async () => {
    const other = open(file);
    other.exec('BEGIN IMMEDIATE');
    await expect(insert(1)).rejects.toThrow(DatabaseBusyError);
    other.close();
  });
});

describe('when the disk is full', () => {
  it('rejects writes with their own error, still reads, and writes again once there is room', async () => {
    await insert(1);
    sqlite.orm.run(sql`PRAGMA max_page_count = 1`);
    const large = sqlite.write(() =>
      sqlite.orm.run(sql`
        WITH RECURSIVE some (n) AS (SELECT 10 UNION ALL SELECT n + 1 FROM some LIMIT 10000)
        INSERT INTO numbers SELECT n FROM some`),
    );
    await expect(large).rejects.toThrow(DatabaseFullError);
    expect(await numbers()).toEqual([1]);
    sqlite.orm.run(sql`PRAGMA max_page_count = 100000`);
    await insert(2);
    expect(await numbers()).toEqual([1, 2]);
  });
});

describe('opening', () => {
  it('applies each migration once, even when two processes start at once', async () => {
    writeFileSync(join(folder, '0002_more.sql'), 'INSERT INTO numbers VALUES (42);');
    const both = await Promise.all([1, 2].map(() => openSqlite({ file, migrations, namespace: 'test' })));
    expect(await numbers()).toEqual([42]);
    for (const one of both) await one[Symbol.asyncDispose]();
  });

  it('rejects a file that is not a database, and does not touch it', async () => {
    const broken = join(folder, 'broken.sqlite');
    writeFileSync(broken, 'this is a text file, not a database'.repeat(100));
    await expect(openSqlite({ file: broken, migrations, namespace: 'test' })).rejects.toThrow(DatabaseUnusableError);
  });

  it.each([
    ['has lost its content', () => truncateSync(file, 0)],
    ['is cut in half', () => truncateSync(file, statSync(file).size / 2)],
    ['has a damaged page that is not read at startup', () => overwritePage(3)],
    [
      'is gone while its journal exists',
      () => {
        rmSync(file);
        writeFileSync(`${file}-wal`, 'changes');
      },
    ],
  ])('rejects a database that %s, and leaves it unchanged', async (_, damage) => {
    await sqlite.write(() =>
      sqlite.orm.run(sql`
        WITH RECURSIVE some (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM some LIMIT 5000)
        INSERT INTO numbers SELECT n FROM some`),
    );
    await sqlite[Symbol.asyncDispose]();
    damage();
    const files = () =>
      readdirSync(join(folder, 'data')).map((name) => [name, readFileSync(join(folder, 'data', name), 'base64')]);
    const before = files();
    await expect(openSqlite({ file, migrations, namespace: 'test' })).rejects.toThrow(DatabaseUnusableError);
    expect(files()).toEqual(before);
  });

  it('rejects a database of a newer version', async () => {
    await sqlite.write(() =>
      sqlite.orm.run(sql`INSERT INTO schema_migrations VALUES ('9999_future.sql', '2030-01-01', NULL)`),
    );
    await expect(openSqlite({ file, migrations, namespace: 'test' })).rejects.toThrow(
      `${file} cannot be used: a newer version wrote it: its migration 9999_future.sql requires`,
    );
  });
});

it('remembers damage that is found after startup', async () => {
  await sqlite.write(() =>
    sqlite.orm.run(sql`
      WITH RECURSIVE some (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM some LIMIT 5000)
      INSERT INTO numbers SELECT n FROM some`),
  );
  await sqlite[Symbol.asyncDispose]();
  overwritePage(4);
  const database = open(file);
  await using integrity = await checkIntegrity(database, { waitMs: 0, smallBytes: 0 });
  await expect.poll(() => integrity.problem()).toBeInstanceOf(DatabaseUnusableError);
  database.close();
});

describe('a large database', () => {
  const MANY = 60_000;
  beforeEach(async () => {
    // Quick to write, but larger than what is read during startup.
    await sqlite.write(() => {
      sqlite.orm.run(sql`CREATE TABLE texts (text TEXT NOT NULL) STRICT`);
      sqlite.orm.run(sql`
        WITH RECURSIVE some (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM some LIMIT ${MANY})
        INSERT INTO texts SELECT n || hex(zeroblob(300)) FROM some`);
    });
  });

  it('is checked during startup, which fails if damage is found in time', async () => {
    await sqlite[Symbol.asyncDispose]();
    expect(statSync(file).size).toBeGreaterThan(32 << 20);
    sqlite = await openSqlite({ file, migrations, namespace: 'test' });
    await sqlite[Symbol.asyncDispose]();
    overwritePage(5_000);
    const database = open(file);
    await expect(checkIntegrity(database, { waitMs: 60_000 })).rejects.toThrow(DatabaseUnusableError);
    database.close();
  });

  it('releases free pages in steps', async () => {
    const pages = (name: string) => Number(sqlite.orm.get<Record<string, number>>(sql.raw(`PRAGMA ${name}`))?.[name]);
    await using vacuum = startVacuum((sqlite.orm as unknown as { $client: Database }).$client, sqlite.write);
    const before = pages('page_count');
    await vacuum.run();
    expect(pages('page_count')).toBe(before);
    await sqlite.write(() => sqlite.orm.run(sql`DELETE FROM texts`));
    expect(pages('page_count')).toBe(before);
    await vacuum.run();
    expect(pages('page_count')).toBeLessThan(before / 5);
    await sqlite[Symbol.asyncDispose]();
    expect(statSync(file).size).toBeLessThan(8 << 20);
  });
});

it('truncates a journal that grew during a long read at the next checkpoint', async () => {
  const reader = open(file, { readonly: true });
  reader.exec('BEGIN');
  reader.prepare('SELECT count(*) FROM numbers').get();
  await sqlite.write(() => sqlite.orm.run(sql`CREATE TABLE texts (text TEXT NOT NULL) STRICT`));
  for (let i = 0; i < 6; i++) {
    await sqlite.write(() =>
      sqlite.orm.run(sql`
        WITH RECURSIVE some (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM some LIMIT 1000)
        INSERT INTO texts SELECT hex(zeroblob(1000)) FROM some`),
    );
  }
  const journal = () => statSync(`${file}-wal`).size;
  expect(journal()).toBeGreaterThan(8 << 20);
  reader.close();
  await insert(1);
  await insert(2);
  expect(journal()).toBeLessThanOrEqual(4 << 20);
});

it('is ready exactly while it accepts writes', async () => {
  expect(await sqlite.check()).toBe('takes writes');
  sqlite.orm.run(sql`PRAGMA query_only = 1`);
  await expect(sqlite.check()).rejects.toThrow(DatabaseUnavailableError);
  sqlite.orm.run(sql`PRAGMA query_only = 0`);
  expect(await sqlite.check()).toBe('takes writes');
});

it('reports a storage error in a read as retryable', async () => {
  const reading = sqlite.read(() => {
    throw Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR_READ' });
  });
  await expect(reading).rejects.toMatchObject({ code: 'database_unavailable' });
});
