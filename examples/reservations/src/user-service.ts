import { join } from 'node:path';
import { listen, run } from '@hotel/runtime';
import { openSqlite } from '@hotel/sqlite';
import { eq, integer, sql, sqliteTable, text } from '@hotel/sqlite/drizzle';
import { trace } from '@opentelemetry/api';
import { z } from 'zod';
import { DomainError } from '../../src/client.ts';
import { databaseCheck } from '../../src/database-check.ts';
import { input } from '../../src/input.ts';
import { createServiceApp } from '../../src/service-app.ts';
import { serveByHand } from './by-hand.ts';
import { loadConfig } from './config.ts';
import { ATTR_CREDITS, errors, recordedPath, usernameSchema } from './contract.ts';

const users = sqliteTable('users', { username: text().primaryKey(), credits: integer().notNull() });
const spent = sqliteTable('spent', { reservation_id: text().primaryKey(), username: text().notNull() });

/** Owns the credits. Spending is a transaction, so that the last credit cannot be spent twice. */
await run('user-service', loadConfig, async (config, resources, log) => {
  const byHand = config.HOTEL_PROPAGATION === 'hand';
  const sqlite = resources.use(
    await openSqlite({
      file: join(config.HOTEL_DATA_DIR, 'reservations-users.sqlite'),
      migrations: new URL('../migrations/users/', import.meta.url),
      namespace: 'users',
    }),
  );
  const { orm } = sqlite;

  function find(username: string) {
    const user = orm.select().from(users).where(eq(users.username, username)).get();
    if (!user) throw new DomainError('user_not_found', 'there is no such user');
    // The active span is the SERVER span, whether the library or `by-hand.ts` created it.
    trace.getActiveSpan()?.setAttribute(ATTR_CREDITS, user.credits);
    return user;
  }
  const spending = (id: string) => orm.select().from(spent).where(eq(spent.reservation_id, id)).get();
  const add = (username: string, credits: number) =>
    orm
      .update(users)
      .set({ credits: sql`${users.credits} + ${credits}` })
      .where(eq(users.username, username))
      .run();

  const app = createServiceApp({ errors, log, checks: databaseCheck(sqlite) });
  if (byHand) app.use(serveByHand);
  app.use('/users/*', (c, next) => {
    trace.getActiveSpan()?.setAttribute('url.path', recordedPath(c.req.path));
    return next();
  });

  app.get('/users/:username/limits', input('param', z.object({ username: usernameSchema })), async (c) => {
    const { username } = c.req.valid('param');
    return c.json(await sqlite.read(() => find(username)));
  });

  const spendingParams = input('param', z.object({ username: usernameSchema, reservation_id: z.uuid() }));

  /** Spends a credit on a reservation. Idempotent. */
  app.put('/users/:username/spent/:reservation_id', spendingParams, async (c) => {
    const { username, reservation_id } = c.req.valid('param');
    const user = await sqlite.write(() => {
      const before = find(username);
      if (spending(reservation_id)) return before;
      if (before.credits === 0) throw new DomainError('no_credits', 'the user has no credits left');
      add(username, -1);
      orm.insert(spent).values({ username, reservation_id }).run();
      return { username, credits: before.credits - 1 };
    });
    log.info({ reservation_id, credits: user.credits }, 'credit spent');
    return c.json(user);
  });

  /** Returns the credit of a reservation. Idempotent; does nothing if none was spent. */
  app.delete('/users/:username/spent/:reservation_id', spendingParams, async (c) => {
    const { reservation_id } = c.req.valid('param');
    await sqlite.write(() => {
      const row = spending(reservation_id);
      if (!row) return;
      orm.delete(spent).where(eq(spent.reservation_id, reservation_id)).run();
      add(row.username, 1);
    });
    return c.body(null, 204);
  });

  resources.use(
    await listen({
      app,
      port: config.USER_SERVICE_PORT,
      portName: 'USER_SERVICE_PORT',
      host: config.HOTEL_HOST,
      edge: byHand ? 'none' : 'continue',
    }),
  );
});
