import { join } from 'node:path';
import { listen, run } from '@hotel/runtime';
import { openSqlite } from '@hotel/sqlite';
import { eq } from '@hotel/sqlite/drizzle';
import { DomainError } from '../../src/client.ts';
import { databaseCheck } from '../../src/database-check.ts';
import { input } from '../../src/input.ts';
import { createServiceApp } from '../../src/service-app.ts';
import { loadConfig } from './config.ts';
import { errors } from './contract.ts';
import { insertSchema, querySchema, tables } from './tables.ts';

/**
 * Stores users, products and orders for all services. Contains no tracing code: the listener creates the SERVER span,
 * the connection a span per statement.
 */
await run('database-service', loadConfig, async (config, resources, log) => {
  const sqlite = resources.use(
    await openSqlite({
      file: join(config.HOTEL_DATA_DIR, 'shop-database.sqlite'),
      migrations: new URL('../migrations/database/', import.meta.url),
      namespace: 'shop',
    }),
  );
  const { orm } = sqlite;

  const app = createServiceApp({ errors, log, checks: databaseCheck(sqlite) });

  app.get('/query', input('query', querySchema), async (c) => {
    const { table, id } = c.req.valid('query');
    const from = tables[table];
    const row = await sqlite.read(() => orm.select().from(from).where(eq(from.id, id)).get());
    if (!row) throw new DomainError('row_not_found', `there is no row ${id} in ${table}`);
    return c.json(row);
  });

  app.post('/insert', input('json', insertSchema), async (c) => {
    const { table, row } = c.req.valid('json');
    // The schema guarantees that table and row match; drizzle's types cannot express it.
    const into = tables[table] as (typeof tables)['orders'];
    const values = row as typeof into.$inferInsert;
    const inserted = await sqlite
      .write(() => orm.insert(into).values(values).returning().get())
      .catch(rejectUnknownReference);
    log.info({ table, id: inserted.id }, 'row inserted');
    return c.json(inserted, 201);
  });

  /** Undoes an insert. Idempotent: a missing row counts as deleted. */
  app.delete('/query', input('query', querySchema), async (c) => {
    const { table, id } = c.req.valid('query');
    await sqlite.write(() => orm.delete(tables[table]).where(eq(tables[table].id, id)).run());
    log.info({ table, id }, 'row deleted');
    return c.body(null, 204);
  });

  resources.use(
    await listen({
      app,
      port: config.DATABASE_SERVICE_PORT,
      portName: 'DATABASE_SERVICE_PORT',
      host: config.HOTEL_HOST,
      edge: 'continue',
    }),
  );
});

function rejectUnknownReference(error: unknown): never {
  if ((error as { code?: string }).code !== 'SQLITE_CONSTRAINT_FOREIGNKEY') throw error;
  throw new DomainError('unknown_reference', 'the row refers to a user or a product that does not exist');
}
