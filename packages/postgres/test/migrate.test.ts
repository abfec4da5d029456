import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sql } from '@hotel/database/drizzle';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { Pool } from '../src/driver.ts';
import { openPostgres } from '../src/index.ts';
import { databaseFactory, execute, sharedServer } from './server.ts';

const FIRST = '-- The first.\nCREATE TABLE numbers (n integer)';
const EXPANSION = '-- oldest code: 0001_numbers.sql\nALTER TABLE numbers ADD COLUMN m integer';

let url: string;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hotel-migrations-'));
  await writeFile(join(folder, '0001_numbers.sql'), FIRST);
  const created = await createDatabase(await sharedServer());
  created.spoil();
  url = created.url;
  return async () => {
    await created[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  };
});

const createDatabase = databaseFactory('migrated', async (template) => (await open(template))[Symbol.asyncDispose]());

function open(target = url) {
  const migrations = pathToFileURL(`${folder}/`);
  return openPostgres({ url: target, setting: 'DATABASE_URL', migrations, poolSize: 1, applicationName: 'test' });
}

it('a migration gives way to a transaction that uses its table, so that requests do not wait for both', async () => {
  await using running = await open();
  const count = running.prepare(running.orm.select({ count: sql<number>`count(*)` }).from(sql`numbers`));
  const reader = new Pool({ connectionString: url, max: 1 });
  const observer = new Pool({ connectionString: url, max: 1 });
  await reader.query('BEGIN');
  await reader.query('SELECT FROM numbers');
  await writeFile(join(folder, '0002_more.sql'), EXPANSION);
  const migrating = open();
  const waiting = `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
  await expect.poll(async () => (await observer.query(waiting)).rowCount).toBe(1);
  // Waits for the migration until that gives up. If it did not, the statement would fail after 8 s.
  await running.read(function* () {
    yield* count.get();
  });
  await reader.query('COMMIT');
  await Promise.all([reader.end(), observer.end()]);
  await (await migrating)[Symbol.asyncDispose]();
});

it('a migration may take longer than a statement of a request, and processes that start at once or later wait for it', async () => {
  await writeFile(join(folder, '0002_slow.sql'), '-- oldest code: 0001_numbers.sql\nSELECT pg_sleep(12.5)');
  const together = [1, 2].map(() => open());
  const sleeping = `SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()`;
  const observer = new Pool({ connectionString: url, max: 1 });
  await expect.poll(async () => (await observer.query(sleeping)).rowCount).toBe(1);
  await observer.end();
  for (const opened of [...together, open()]) await (await opened)[Symbol.asyncDispose]();
});

it('a migration needs the right to change the schema only if one is pending', async () => {
  const role = `reader_${randomUUID().replaceAll('-', '')}`;
  await execute(
    url,
    `CREATE ROLE ${role} LOGIN PASSWORD 'secret'; GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${role}`,
  );
  // After its database.
  onTestFinished(async () => execute((await sharedServer()).url('postgres'), `DROP ROLE ${role}`));
  const asReader = new URL(url);
  [asReader.username, asReader.password] = [role, 'secret'];
  await (await open(asReader.href))[Symbol.asyncDispose]();
  await writeFile(join(folder, '0002_more.sql'), EXPANSION);
  await expect(open(asReader.href)).rejects.toThrow(/its user may not migrate it: permission denied for schema public/);
});
