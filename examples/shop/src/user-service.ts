import { listen, run } from '@hotel/runtime';
import { annotate } from '@hotel/telemetry';
import { z } from 'zod';
import { createClient, DomainError } from '../../src/client.ts';
import { idSchema, input } from '../../src/input.ts';
import { createServiceApp } from '../../src/service-app.ts';
import { loadConfig } from './config.ts';
import { ATTR_USER_ID, errors, userSchema } from './contract.ts';

/** Called by the gateway, calls the database. Its only spans are those of the two HTTP edges. */
await run('user-service', loadConfig, async (config, resources, log) => {
  const database = createClient({ service: 'database-service', url: config.DATABASE_SERVICE_URL, errors });

  const app = createServiceApp({ errors, log });

  app.get('/users/:id', input('param', z.object({ id: idSchema })), async (c) => {
    const { id } = c.req.valid('param');
    // Set on the active span: the SERVER span of this request.
    annotate({ [ATTR_USER_ID]: id });
    try {
      return c.json(await database('GET', `/query?table=users&id=${id}`, { answer: userSchema }));
    } catch (error) {
      if (error instanceof DomainError && error.code === 'row_not_found') {
        throw new DomainError('user_not_found', `there is no user ${id}`);
      }
      throw error;
    }
  });

  resources.use(
    await listen({
      app,
      port: config.USER_SERVICE_PORT,
      portName: 'USER_SERVICE_PORT',
      host: config.HOTEL_HOST,
      edge: 'continue',
    }),
  );
});
