import { listen, run } from '@hotel/runtime';
import { annotate } from '@hotel/telemetry';
import { z } from 'zod';
import { DomainError } from '../../src/client.ts';
import { input } from '../../src/input.ts';
import { createServiceApp } from '../../src/service-app.ts';
import { loadConfig } from './config.ts';
import { ATTR_BAND, errors, FUGAZI, uuidSchema } from './contract.ts';
import { recordMember } from './tracestate.ts';

const bands = new Map([[FUGAZI, { name: 'Fugazi', created: '2027-01-30T09:15:00.000Z' }]]);

/** One service with one route: the smallest traced service. */
await run('bands-api', loadConfig, async (config, resources, log) => {
  const app = createServiceApp({ errors, log });

  app.get('/bands/:uuid', input('param', z.object({ uuid: uuidSchema })), (c) => {
    const uuid = c.req.valid('param').uuid.toLowerCase();
    annotate({ [ATTR_BAND]: uuid });
    recordMember();
    const band = bands.get(uuid);
    if (!band) throw new DomainError('band_not_found', `there is no band ${uuid}`);
    log.info({ uuid, name: band.name }, 'band found');
    const { name, created } = band;
    return c.json({ uuid, created, succeeded_at: new Date().toISOString(), result: { name } });
  });

  resources.use(
    await listen({
      app,
      port: config.BANDS_API_PORT,
      portName: 'BANDS_API_PORT',
      host: config.HOTEL_HOST,
      edge: config.HOTEL_TRACE_EDGE,
    }),
  );
});
