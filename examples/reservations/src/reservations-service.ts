import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { tracedFetch } from '@hotel/http-client';
import { listen, run } from '@hotel/runtime';
import { openSqlite } from '@hotel/sqlite';
import { eq, sqliteTable, text } from '@hotel/sqlite/drizzle';
import { HTTPException } from 'hono/http-exception';
import { z } from 'zod';
import { createClient, DomainError } from '../../src/client.ts';
import { databaseCheck } from '../../src/database-check.ts';
import { input } from '../../src/input.ts';
import { createServiceApp } from '../../src/service-app.ts';
import { fetchByHand, serveByHand } from './by-hand.ts';
import { loadConfig } from './config.ts';
import {
  ATTR_CREDITS,
  ATTR_ITEM,
  ATTR_RESERVATION,
  errors,
  limitsSchema,
  newReservationSchema,
  recordedPath,
} from './contract.ts';
import { inSpan } from './spans.ts';

const reservations = sqliteTable('reservations', {
  id: text().primaryKey(),
  username: text().notNull(),
  item_id: text().notNull(),
});

await run('reservations-service', loadConfig, async (config, resources, log) => {
  const byHand = config.HOTEL_PROPAGATION === 'hand';
  const sqlite = resources.use(
    await openSqlite({
      file: join(config.HOTEL_DATA_DIR, 'reservations.sqlite'),
      migrations: new URL('../migrations/reservations/', import.meta.url),
      namespace: 'reservations',
    }),
  );
  const { orm } = sqlite;
  const fetch = byHand ? fetchByHand : tracedFetch;
  const users = createClient({ service: 'user-service', url: config.USER_SERVICE_URL, errors, fetch });
  const callUsers = <T extends z.ZodType>(method: string, path: string, answer: T) =>
    users(method, path, { answer, recordedPath: recordedPath(path) });

  const app = createServiceApp({ errors, log, checks: databaseCheck(sqlite) });
  if (byHand) app.use(serveByHand);

  app.get('/reservations/:id', input('param', z.object({ id: z.uuid() })), async (c) => {
    const { id } = c.req.valid('param');
    const found = await sqlite.read(() => orm.select().from(reservations).where(eq(reservations.id, id)).get());
    if (!found) throw new DomainError('reservation_not_found', `there is no reservation ${id}`);
    return c.json(found);
  });

  app.post('/reservations', (c) =>
    inSpan('reservations_handler', async (handler) => {
      const { username, item_id } = await inSpan('parse_request', async (span) => {
        const body = await readBody(() => c.req.json());
        span.setAttribute(ATTR_ITEM, String(body.item_id));
        return body;
      });

      await inSpan('check_limits', async (span) => {
        const { credits } = await callUsers('GET', `/users/${username}/limits`, limitsSchema);
        span.setAttribute(ATTR_CREDITS, credits);
        if (credits === 0) throw new DomainError('no_credits', 'the user has no credits left');
      });

      const id = randomUUID();
      handler.setAttribute(ATTR_RESERVATION, id);
      const account = `/users/${username}/spent/${id}`;
      try {
        const { credits } = await inSpan('spend_credit', () => callUsers('PUT', account, limitsSchema));
        await inSpan('store_reservation', () =>
          sqlite.write(() =>
            orm
              .insert(reservations)
              .values({ id, username, item_id: String(item_id) })
              .run(),
          ),
        );
        handler.addEvent('reservation.made', { [ATTR_CREDITS]: credits });
        log.info({ id, item_id, credits }, 'reservation made');
        return c.json({ id, username, item_id, credits_left: credits }, 201);
      } catch (error) {
        // After an unclear response the credit may have been spent. Returning an unspent credit does nothing.
        const isRejected = error instanceof DomainError && error.code === 'no_credits';
        if (!isRejected)
          await inSpan('return_credit', () => callUsers('DELETE', account, z.undefined())).catch(() => {});
        throw error;
      }
    }),
  );

  resources.use(
    await listen({
      app,
      port: config.RESERVATIONS_SERVICE_PORT,
      portName: 'RESERVATIONS_SERVICE_PORT',
      host: config.HOTEL_HOST,
      edge: byHand ? 'none' : config.HOTEL_TRACE_EDGE,
    }),
  );
});

async function readBody(read: () => Promise<unknown>): Promise<z.infer<typeof newReservationSchema>> {
  const body = await read().catch(() => {
    throw new HTTPException(400, { message: 'the body is not JSON' });
  });
  const result = newReservationSchema.safeParse(body);
  if (result.success) return result.data;
  const what = result.error.issues.map(({ path, message }) => `${path.join('.') || 'the body'}: ${message}`);
  throw new DomainError('invalid_input', what.join('; '));
}
