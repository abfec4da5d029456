import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { resolve } from 'node:path';
import { sharedServer } from '@hotel/postgres/test';
import { type OutputLine, type ProcessSpec, startProcess } from '@hotel/system';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDatabase } from './databases.ts';
import { api, worker } from './processes.ts';

const PASSWORD = 'not-the-password';
const root = resolve(import.meta.dirname, '../..');

/** Has the ports of the processes: one that listened before it opened its database would fail for that reason. */
let taken: Server;
let port: string;
beforeAll(async () => {
  taken = createServer();
  await once(taken.listen(0, '127.0.0.1'), 'listening');
  port = String((taken.address() as AddressInfo).port);
});
afterAll(() => void taken.close());

/** Starts a process that is expected to fail. Resolves to its exit code and the messages of its log. */
async function startOn(process: ProcessSpec, url: string): Promise<{ code: number | null; messages: string[] }> {
  const lines: OutputLine[] = [];
  const env = {
    PATH: globalThis.process.env.PATH ?? '',
    NODE_COMPILE_CACHE: globalThis.process.env.NODE_COMPILE_CACHE ?? '',
    HOTEL_HOST: '127.0.0.1',
    CLEANING_PORT: port,
    CLEANING_INTERNAL_PORT: port,
    WORKER_INTERNAL_PORT: port,
    REDIS_URL: 'redis://127.0.0.1:1',
    CLEANING_DATABASE_URL: url,
  };
  const handle = await startProcess(process, env, { root, onLine: (line) => lines.push(line) });
  const { code } = await handle.exited;
  const text = lines.map((line) => line.text);
  expect(text.join('\n')).not.toContain(PASSWORD);
  return { code, messages: text.map((line) => (JSON.parse(line) as { level: string; msg: string }).msg) };
}

describe('a process reports one problem and exits with 1 before it listens', () => {
  it.each<[string, ProcessSpec, string, (url: URL) => void, RegExp]>([
    [
      'cleaning',
      api,
      'a wrong password',
      (url) => (url.password = PASSWORD),
      /password authentication failed for user/,
    ],
    [
      'cleaning-worker',
      worker,
      'a server without TLS',
      (url) => (url.search = 'sslmode=require'),
      /does not support SSL/,
    ],
  ])('%s, for $2', async (_, process, _what, change, problem) => {
    const url = new URL((await sharedServer()).url('postgres'));
    change(url);
    const { code, messages } = await startOn(process, url.href);
    expect(messages.filter((text) => text.startsWith('could not start'))).toHaveLength(1);
    expect(messages[0]).toMatch(/^could not start: the database .* of CLEANING_DATABASE_URL cannot be used: /);
    expect(messages[0]).toMatch(problem);
    expect(code).toBe(1);
  });

  it.each([api, worker])('$name, for a schema that is newer than the code', async (process) => {
    await using database = await openTestDatabase('postgres');
    await database.execute(`INSERT INTO schema_migrations (name) VALUES ('9999_later.sql')`);
    const { code, messages } = await startOn(process, database.env.CLEANING_DATABASE_URL ?? '');
    expect(messages[0]).toMatch(/^could not start: .* cannot be used: a newer version wrote it: .*9999_later\.sql/);
    expect(code).toBe(1);
  });
});
