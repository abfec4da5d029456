import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Pool } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type PostgresServer, startPostgres } from '../src/index.ts';
import { isRunning } from '../src/postgres/processes.ts';

let dataDir: string;
let postgres: PostgresServer;
const options = () => ({ dataDir, databases: ['rooms', 'plan'], durable: false });

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hotel postgres-'));
  postgres = await startPostgres(options());
});
afterAll(async () => {
  await postgres?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function query(sql: string, database = 'rooms'): Promise<unknown[]> {
  const client = new Client({ connectionString: postgres.url(database) });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

it('accepts connections to each of its databases, and only with the password', async () => {
  expect(await query('SELECT current_database() AS name', 'rooms')).toEqual([{ name: 'rooms' }]);
  expect(await query('SELECT current_database() AS name', 'plan')).toEqual([{ name: 'plan' }]);
  const stranger = new Client({ connectionString: postgres.url('rooms').replace(/:[0-9a-f]+@/, ':wrong@') });
  await expect(stranger.connect()).rejects.toThrow(/password authentication failed/);
});

it('keeps its port and data across a stop with open connections and a kill, and loses the data when emptied', async () => {
  await query('CREATE TABLE guests AS SELECT 1 AS id');
  const pool = new Pool({ connectionString: postgres.url('rooms') });
  pool.on('error', () => {});
  await pool.query('SELECT 1');
  await postgres.stop();
  await postgres.start();
  expect(await query('SELECT id FROM guests')).toEqual([{ id: 1 }]);
  await postgres.kill('SIGKILL');
  await postgres.start();
  expect(await query('SELECT id FROM guests')).toEqual([{ id: 1 }]);
  await pool.end();
  await postgres.stop();
  await postgres.start({ empty: true });
  await expect(query('SELECT id FROM guests')).rejects.toThrow(/does not exist/);
});

it('answers nothing while it is frozen, and continues afterwards', async () => {
  const client = new Client({ connectionString: postgres.url('rooms') });
  await client.connect();
  await postgres.kill('SIGSTOP');
  let answered = false;
  const answer = client.query('SELECT 1').then(() => {
    answered = true;
  });
  const refused = new Client({ connectionString: postgres.url('rooms'), connectionTimeoutMillis: 300 });
  await expect(refused.connect()).rejects.toThrow(/timeout/);
  expect(answered).toBe(false);
  await postgres.kill('SIGCONT');
  await answer;
  await client.end();
});

it('commits to the disk unless it is for tests', async () => {
  expect(await query('SHOW fsync')).toEqual([{ fsync: 'off' }]);
  await postgres.stop();
  const durable = await startPostgres({ ...options(), durable: true, port: postgres.port });
  expect(await query('SHOW fsync')).toEqual([{ fsync: 'on' }]);
  await durable.stop();
  await postgres.start();
});

it('ends with the process that started it, even when that is killed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hotel-postgres-'));
  const script = `
    import { startPostgres } from ${JSON.stringify(join(import.meta.dirname, '../src/postgres/server.ts'))};
    const server = await startPostgres({ dataDir: ${JSON.stringify(folder)}, databases: [], durable: false });
    process.send(server.pid);
    setInterval(() => {}, 1_000);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 2, 2, 'ipc'] });
  const [pid] = (await once(parent, 'message')) as [number];
  expect(isRunning(pid)).toBe(true);
  parent.kill('SIGKILL');
  await expect.poll(() => isRunning(pid)).toBe(false);
  await rm(folder, { recursive: true });
});

it('reports the output of a server that does not start', async () => {
  const second = startPostgres({ ...options(), port: postgres.port });
  await expect(second).rejects.toThrow(/PostgreSQL .* ended with code 1\. Its data is in .*postmaster\.pid/s);
});

it('refuses the data of another version', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hotel-postgres-'));
  const other = await startPostgres({ dataDir: folder, databases: [], durable: false });
  await other.stop();
  await writeFile(join(folder, 'postgres/data/PG_VERSION'), '12\n');
  await expect(other.start()).rejects.toThrow(/PostgreSQL 12 wrote the data .*--fresh.* or install PostgreSQL 12/);
  await rm(folder, { recursive: true });
});
