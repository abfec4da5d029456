import { listen, run } from '@hotel/runtime';
import { annotate, withSpan } from '@hotel/telemetry';
import { z } from 'zod';
import { createClient, DomainError } from '../../src/client.ts';
import { idSchema, input } from '../../src/input.ts';
import { createServiceApp } from '../../src/service-app.ts';
import { loadConfig } from './config.ts';
import {
  ATTR_ORDER_ID,
  ATTR_PRODUCT_ID,
  ATTR_QUANTITY,
  ATTR_STOCK,
  ATTR_USER_ID,
  errors,
  newOrderSchema,
  orderSchema,
  stockSchema,
} from './contract.ts';

type Order = z.infer<typeof orderSchema>;

/** Runs a multi-step workflow: each step is a span (`withSpan`) around its HTTP calls. */
await run('order-service', loadConfig, async (config, resources, log) => {
  const database = createClient({ service: 'database-service', url: config.DATABASE_SERVICE_URL, errors });
  const inventory = createClient({ service: 'inventory-service', url: config.INVENTORY_SERVICE_URL, errors });

  const app = createServiceApp({ errors, log });

  app.get('/orders/:id', input('param', z.object({ id: idSchema })), async (c) => {
    const { id } = c.req.valid('param');
    annotate({ [ATTR_ORDER_ID]: id });
    try {
      return c.json(await database('GET', `/query?table=orders&id=${id}`, { answer: orderSchema }));
    } catch (error) {
      if (error instanceof DomainError && error.code === 'row_not_found') {
        throw new DomainError('order_not_found', `there is no order ${id}`);
      }
      throw error;
    }
  });

  app.post('/orders', input('query', newOrderSchema), async (c) => {
    const { user_id, product_id, quantity } = c.req.valid('query');
    annotate({ [ATTR_USER_ID]: user_id, [ATTR_PRODUCT_ID]: product_id, [ATTR_QUANTITY]: quantity });
    const item = { product_id, quantity };

    await withSpan('check_inventory', {}, async (span) => {
      const { stock, available } = await inventory('POST', '/inventory/check', { body: item, answer: stockSchema });
      span.addEvent('stock.checked', { [ATTR_STOCK]: stock });
      if (!available) throw new DomainError('out_of_stock', `product ${product_id} has ${stock} left, not ${quantity}`);
    });

    const order = await withSpan('create_order_record', {}, async (span) => {
      const body = { table: 'orders', row: { user_id, ...item } };
      const created = await database('POST', '/insert', { body, answer: orderSchema });
      span.setAttribute(ATTR_ORDER_ID, created.id);
      return created;
    });

    try {
      await withSpan('reserve_inventory', {}, () =>
        inventory('POST', '/inventory/reserve', { body: { ...item, order_id: order.id }, answer: stockSchema }),
      );
    } catch (error) {
      await undo(order, error);
      throw error;
    }
    log.info({ order_id: order.id, user_id, ...item }, 'order placed');
    return c.json(order, 201);
  });

  /** Undoes an order whose reservation failed: the check does not lock the stock, so a concurrent order can win. */
  async function undo({ id }: Order, reason: unknown): Promise<void> {
    await withSpan('undo_order', { [ATTR_ORDER_ID]: id }, async (span) => {
      // After an unclear response the stock may be reserved. Releasing what was not reserved does nothing.
      await inventory('DELETE', `/inventory/reservations/${id}`, { answer: z.undefined() }).catch(() => {});
      await database('DELETE', `/query?table=orders&id=${id}`, { answer: z.undefined() });
      span.addEvent('reservation.undone');
      log.warn({ order_id: id, reason: String(reason) }, 'order undone');
    }).catch(() => log.error({ order_id: id }, 'an order that failed could not be undone'));
  }

  resources.use(
    await listen({
      app,
      port: config.ORDER_SERVICE_PORT,
      portName: 'ORDER_SERVICE_PORT',
      host: config.HOTEL_HOST,
      edge: 'continue',
    }),
  );
});
