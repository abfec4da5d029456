import { listen, run } from '@hotel/runtime';
import { annotate } from '@hotel/telemetry';
import { z } from 'zod';
import { createClient } from '../../src/client.ts';
import { idSchema, input } from '../../src/input.ts';
import { createServiceApp } from '../../src/service-app.ts';
import { loadConfig } from './config.ts';
import { ATTR_ORDER_ID, ATTR_USER_ID, errors, newOrderSchema, orderSchema, userSchema } from './contract.ts';

/** The only public service: traces start here, or continue those of a trusted caller (`HOTEL_TRACE_EDGE`). */
await run('api-gateway', loadConfig, async (config, resources, log) => {
  const users = createClient({ service: 'user-service', url: config.USER_SERVICE_URL, errors });
  const orders = createClient({ service: 'order-service', url: config.ORDER_SERVICE_URL, errors });
  const byId = input('param', z.object({ id: idSchema }));

  const app = createServiceApp({ errors, log });

  app.get('/users/:id', byId, async (c) => {
    const { id } = c.req.valid('param');
    annotate({ [ATTR_USER_ID]: id });
    return c.json(await users('GET', `/users/${id}`, { answer: userSchema }));
  });

  app.get('/orders/:id', byId, async (c) => {
    const { id } = c.req.valid('param');
    annotate({ [ATTR_ORDER_ID]: id });
    return c.json(await orders('GET', `/orders/${id}`, { answer: orderSchema }));
  });

  app.post('/orders', input('query', newOrderSchema), async (c) => {
    const { user_id, product_id, quantity } = c.req.valid('query');
    // Reject orders of unknown users before any write.
    await users('GET', `/users/${user_id}`, { answer: userSchema });
    const query = `user_id=${user_id}&product_id=${product_id}&quantity=${quantity}`;
    const order = await orders('POST', `/orders?${query}`, { answer: orderSchema });
    annotate({ [ATTR_ORDER_ID]: order.id, [ATTR_USER_ID]: user_id });
    log.info({ order_id: order.id }, 'order accepted');
    return c.json(order, 201);
  });

  resources.use(
    await listen({
      app,
      port: config.API_GATEWAY_PORT,
      portName: 'API_GATEWAY_PORT',
      host: config.HOTEL_HOST,
      edge: config.HOTEL_TRACE_EDGE,
    }),
  );
});
