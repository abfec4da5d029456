/**
 * `node bench/src/programs/bypasses.ts`: what bypassing a library saves (docs/adr/017), in CPU time per call, the least
 * of several rounds. Use a quiet machine.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { getRequestListener } from '@hono/node-server';
import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import { createApp, setHeader } from '@hotel/http';
import { tracedFetch } from '@hotel/http-client';
import { createLogger } from '@hotel/log';
import { openSqlite } from '@hotel/sqlite';
import { and, desc, eq, integer, lt, sql, sqliteTable, text } from '@hotel/sqlite/drizzle';
import { Hono } from 'hono';
import { z } from 'zod';

const ROUNDS = 9;
const ROOMS = 500;

/** CPU microseconds per call of each variant, the least of interleaved rounds. */
async function compare(what: string, times: number, ours: () => unknown, library: () => unknown): Promise<void> {
  const least = [ours, library].map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, once] of [ours, library].entries()) {
      const before = process.cpuUsage();
      for (let call = 0; call < times; call++) await once();
      const { user, system } = process.cpuUsage(before);
      least[i] = Math.min(least[i] ?? 0, (user + system) / times);
    }
  }
  const [ourUs = 0, libraryUs = 0] = least;
  const saved = (libraryUs - ourUs).toFixed(1);
  console.log(`${what}: ${ourUs.toFixed(1)} us, with the library ${libraryUs.toFixed(1)} us, saves ${saved} us`);
}

const route = (path: string) =>
  createRoute({
    method: 'get',
    path,
    request: {
      params: z.object({ id: z.coerce.number().int() }),
      query: z.strictObject({ limit: z.coerce.number().int().optional() }),
      headers: z.object({ 'idempotency-key': z.string().optional() }),
    },
    responses: { 200: { description: 'ok' } },
  });

async function validation(): Promise<void> {
  const app = createApp({ errors: {}, log: createLogger('bench', { write() {} }) });
  app.openapi(route('/ours/{id}'), (c) => c.text('ok'));
  app.route(
    '/',
    new OpenAPIHono().openapi(route('/library/{id}'), (c) => c.text('ok')),
  );
  const ask = (path: string) => app.request(`${path}/7?limit=5`, { headers: { accept: '*/*', 'user-agent': 'bench' } });
  await compare(
    'validation',
    3_000,
    () => ask('/ours'),
    () => ask('/library'),
  );
}

async function statementsAndPlanner(folder: string): Promise<void> {
  writeFileSync(
    join(folder, '0001_stays.sql'),
    `CREATE TABLE database_probe (id INTEGER PRIMARY KEY, at TEXT);
     CREATE TABLE stays (id INTEGER PRIMARY KEY, room_id INTEGER, start TEXT, status TEXT);
     CREATE INDEX stays_by_room ON stays (room_id, start) WHERE status <> 'cancelled';`,
  );
  const file = join(folder, 'bench.sqlite');
  await using sqlite = await openSqlite({ file, migrations: pathToFileURL(`${folder}/`), namespace: 'bench' });
  const stays = sqliteTable('stays', { id: integer().primaryKey(), room_id: integer(), start: text(), status: text() });
  const { orm, prepare } = sqlite;
  await sqlite.write(() => {
    for (let id = 0; id < 20 * ROOMS; id++) {
      orm
        .insert(stays)
        .values({ id, room_id: id % ROOMS, start: String(id), status: 'booked' })
        .run();
    }
  });
  const byId = orm
    .select()
    .from(stays)
    .where(eq(stays.id, sql.placeholder('id')));
  const [ours, library] = [prepare(byId), byId.prepare()];
  let n = 0;
  const next = () => ++n % ROOMS;
  await compare(
    'driver statement',
    20_000,
    () => ours.get({ id: next() }),
    () => library.get({ id: next() }),
  );

  const lastOf = (room: ReturnType<typeof sql>) =>
    orm
      .select()
      .from(stays)
      .where(and(eq(stays.room_id, room), lt(stays.start, sql.placeholder('end')), sql`${stays.status} <> 'cancelled'`))
      .orderBy(desc(stays.start));
  const hidden = prepare(lastOf(sql`+${sql.placeholder('room')}`));
  const plain = prepare(lastOf(sql`${sql.placeholder('room')}`).limit(1));
  await compare(
    'planner hint',
    20_000,
    () => hidden.get({ room: next(), end: '9' }),
    () => plain.get({ room: next(), end: '9' }),
  );
}

async function http(): Promise<void> {
  const app = new Hono();
  app.get('/', (c) => c.text('ok'));
  app.get('/ours', (c) => {
    setHeader(c, 'x-bench', '1');
    return c.text('ok');
  });
  app.get('/library', (c) => {
    c.header('x-bench', '1');
    return c.text('ok');
  });
  const server = createServer(getRequestListener(app.fetch));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const call = (path: string) => tracedFetch(new URL(path, url), { method: 'GET' });
  await compare(
    'node:http client',
    1_500,
    () => call('/'),
    async () => (await fetch(url)).text(),
  );
  await compare(
    'response header',
    1_500,
    () => call('/ours'),
    () => call('/library'),
  );
  server.closeAllConnections();
  server.close();
}

function loading(): void {
  const cwd = fileURLToPath(new URL('../../../packages/database', import.meta.url));
  const report =
    'const u = process.cpuUsage(); console.log((u.user + u.system) / 1e3, process.memoryUsage.rss() / 2 ** 20)';
  const modules = ['drizzle-orm', 'drizzle-orm/sqlite-core', 'drizzle-orm/better-sqlite3'];
  for (const [how, load] of [
    ['require', (name: string) => `require('${name}')`],
    ['import', (name: string) => `await import('${name}')`],
  ] as const) {
    const type = how === 'import' ? 'module' : 'commonjs';
    const code = [...modules.map(load), report].join(';');
    const [ms = 0, mb = 0] = execFileSync(process.execPath, [`--input-type=${type}`, '-e', code], {
      cwd,
      encoding: 'utf8',
    })
      .split(' ')
      .map(Number);
    console.log(`${how} of drizzle: ${ms.toFixed(0)} ms of CPU, ${mb.toFixed(0)} MB resident`);
  }
}

const folder = mkdtempSync(join(tmpdir(), 'bypasses-'));
try {
  await validation();
  await statementsAndPlanner(folder);
  await http();
  loading();
} finally {
  rmSync(folder, { recursive: true });
}
