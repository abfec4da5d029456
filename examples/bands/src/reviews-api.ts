import { setTimeout as sleep } from 'node:timers/promises';
import { listen, run } from '@hotel/runtime';
import { annotate, withSpan } from '@hotel/telemetry';
import { z } from 'zod';
import { DomainError } from '../../src/client.ts';
import { input } from '../../src/input.ts';
import { createServiceApp } from '../../src/service-app.ts';
import { loadConfig } from './config.ts';
import { ATTR_BAND, ATTR_REVIEW, errors, FUGAZI, uuidSchema } from './contract.ts';
import { FROM } from './steps.ts';
import { recordMember } from './tracestate.ts';

/** Simulated latency of the review archive. */
const ARCHIVE_MS = 50;

const reviews = new Map([
  ['ff8e9267-0b4d-47fa-abc7-4f112c533186', 'Thirteen songs, and not one of them in a hurry.'],
  ['ff8e9267-0b4d-47fa-abc7-4f112c533187', 'Loud, then quiet, then right.'],
  ['ff8e9267-0b4d-47fa-abc7-4f112c533188', 'Five dollars at the door, and worth ten.'],
  // A review whose id equals a band's: each service has its own id space.
  [FUGAZI, 'A fine band to begin with.'],
]);
const ofBand = new Map([
  [
    FUGAZI,
    [
      'ff8e9267-0b4d-47fa-abc7-4f112c533186',
      'ff8e9267-0b4d-47fa-abc7-4f112c533187',
      // Imported from a system that writes ids in upper case.
      'FF8E9267-0B4D-47FA-ABC7-4F112C533188',
    ],
  ],
]);

await run('reviews-api', loadConfig, async (config, resources, log) => {
  const byUuid = input('param', z.object({ uuid: uuidSchema }));

  const app = createServiceApp({ errors, log });

  app.get('/bands/:uuid/reviews', byUuid, (c) => {
    const uuid = c.req.valid('param').uuid.toLowerCase();
    annotate({ [ATTR_BAND]: uuid });
    recordMember();
    const found = ofBand.get(uuid);
    if (!found) throw new DomainError('band_not_found', `there are no reviews of a band ${uuid}`);
    return c.json({ uuid, reviews: found });
  });

  app.get('/reviews/:uuid', byUuid, async (c) => {
    const received = c.req.valid('param').uuid;
    // UUIDs are case-insensitive (RFC 9562, section 4). Before this step the service ignored that.
    const uuid = config.BANDS_STEP >= FROM.reviewsFound ? received.toLowerCase() : received;
    annotate({ [ATTR_REVIEW]: uuid });
    recordMember();
    const body = await withSpan('load_review', { [ATTR_REVIEW]: uuid }, async () => {
      await sleep(ARCHIVE_MS);
      return reviews.get(uuid);
    });
    if (body === undefined) throw new DomainError('review_not_found', `there is no review ${uuid}`);
    log.info({ uuid }, 'review found');
    const created = '2027-01-31T20:00:00.000Z';
    return c.json({ uuid, created, succeeded_at: new Date().toISOString(), result: { body } });
  });

  resources.use(
    await listen({
      app,
      port: config.REVIEWS_API_PORT,
      portName: 'REVIEWS_API_PORT',
      host: config.HOTEL_HOST,
      edge: config.HOTEL_TRACE_EDGE,
    }),
  );
});
