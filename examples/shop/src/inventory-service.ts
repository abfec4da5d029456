import { join } from 'node:path';
import { listen, run } from '@hotel/runtime';
import { openSqlite } from '@hotel/sqlite';
import { eq, integer, sql, sqliteTable } from '@hotel/sqlite/drizzle';
import { annotate } from '@hotel/telemetry';
import { z } from 'zod';
import { DomainError } from '../../src/client.ts';
import { databaseCheck } from '../../src/database-check.ts';
import { idSchema, input } from '../../src/input.ts';
import { createServiceApp } from '../../src/service-app.ts';
import { loadConfig } from './config.ts';
import { ATTR_PRODUCT_ID, ATTR_QUANTITY, ATTR_STOCK, errors, itemSchema } from './contract.ts';

const stock = sqliteTable('stock', { product_id: integer().primaryKey(), stock: integer().notNull() });
const reservations = sqliteTable('reservations', {
  order_id: integer().primaryKey(),
  product_id: integer().notNull(),
  quantity: integer().notNull(),
});

/** Owns the stock. The transaction that reserves decides whether there is enough, never an earlier check. */
await run('inventory-service', loadConfig, async (config, resources, log) => {
  const sqlite = resources.use(
    await openSqlite({
      file: join(config.HOTEL_DATA_DIR, 'shop-inventory.sqlite'),
      migrations: new URL('../migrations/inventory/', import.meta.url),
      namespace: 'inventory',
    }),
  );
  const { orm } = sqlite;

  /** Reads the stock and records it on the span, since it changes quickly. */
  function readStock(product_id: number, quantity: number): number {
    const row = orm.select().from(stock).where(eq(stock.product_id, product_id)).get();
    if (!row) throw new DomainError('product_not_found', `there is no product ${product_id}`);
    annotate({ [ATTR_PRODUCT_ID]: product_id, [ATTR_QUANTITY]: quantity, [ATTR_STOCK]: row.stock });
    return row.stock;
  }
  const reserved = (order_id: number) =>
    orm.select().from(reservations).where(eq(reservations.order_id, order_id)).get() !== undefined;
  const add = (product_id: number, quantity: number) =>
    orm
      .update(stock)
      .set({ stock: sql`${stock.stock} + ${quantity}` })
      .where(eq(stock.product_id, product_id))
      .run();

  const app = createServiceApp({ errors, log, checks: databaseCheck(sqlite) });

  app.post('/inventory/check', input('json', itemSchema), async (c) => {
    const { product_id, quantity } = c.req.valid('json');
    const left = await sqlite.read(() => readStock(product_id, quantity));
    return c.json({ product_id, stock: left, available: left >= quantity });
  });

  app.post('/inventory/reserve', input('json', itemSchema), async (c) => {
    const { product_id, quantity, order_id } = c.req.valid('json');
    const left = await sqlite.write(() => {
      const before = readStock(product_id, quantity);
      // Idempotent: a repeated request reserves nothing more.
      if (order_id !== undefined && reserved(order_id)) return before;
      if (before < quantity) {
        throw new DomainError('out_of_stock', `product ${product_id} has ${before} left, not ${quantity}`);
      }
      add(product_id, -quantity);
      if (order_id !== undefined) orm.insert(reservations).values({ order_id, product_id, quantity }).run();
      return before - quantity;
    });
    log.info({ product_id, quantity, stock: left }, 'stock reserved');
    return c.json({ product_id, stock: left, available: true });
  });

  /** Releases the reservation of an order. Idempotent; an order without a reservation is not an error. */
  app.delete('/inventory/reservations/:id', input('param', z.object({ id: idSchema })), async (c) => {
    const { id } = c.req.valid('param');
    await sqlite.write(() => {
      const [taken] = orm.delete(reservations).where(eq(reservations.order_id, id)).returning().all();
      if (taken) add(taken.product_id, taken.quantity);
    });
    return c.body(null, 204);
  });

  resources.use(
    await listen({
      app,
      port: config.INVENTORY_SERVICE_PORT,
      portName: 'INVENTORY_SERVICE_PORT',
      host: config.HOTEL_HOST,
      edge: 'continue',
    }),
  );
});
