import { setTimeout as sleep } from 'node:timers/promises';
import { createApp } from '@hotel/http';
import { listen, run } from '@hotel/runtime';
import { annotate, withSpan } from '@hotel/telemetry';
import { z } from 'zod';
import { Refusal } from '../../src/client.ts';
import { input } from '../../src/input.ts';
import { loadConfig } from './config.ts';
import { ATTR_BAND, ATTR_REVIEW, errors, FUGAZI, uuidSchema } from './contract.ts';
import { FROM } from './steps.ts';
import { tellMember } from './tracestate.ts';

/** Reviews lie in an archive that takes its time. */
const ARCHIVE_MS = 50;

const reviews = new Map([
  ['6c1f0a52-3f0c-4b57-8d0a-5a1e90b1c001', 'Thirteen songs, and not one of them in a hurry.'],
  ['6c1f0a52-3f0c-4b57-8d0a-5a1e90b1c002', 'Loud, then quiet, then right.'],
  ['6c1f0a52-3f0c-4b57-8d0a-5a1e90b1c003', 'Five dollars at the door, and worth ten.'],
]);
/** The last one was imported from a system that writes its ids in capitals. */
const ofBand = new Map([
  [FUGAZI, [...reviews.keys()].map((uuid, index) => (index === reviews.size - 1 ? uuid.toUpperCase() : uuid))],
]);

await run('reviews-api', loadConfig, async (config, resources, log) => {
  const byUuid = input('param', z.object({ uuid: uuidSchema }));

  const app = createApp({ errors, log });
  app.get('/health', (c) => c.json({ status: 'ok' }));

  app.get('/bands/:uuid/reviews', byUuid, (c) => {
    const uuid = c.req.valid('param').uuid.toLowerCase();
    annotate({ [ATTR_BAND]: uuid });
    tellMember();
    const found = ofBand.get(uuid);
    if (!found) throw new Refusal('band_not_found', `there are no reviews of a band ${uuid}`);
    return c.json({ uuid, reviews: found });
  });

  app.get('/reviews/:uuid', byUuid, async (c) => {
    const asked = c.req.valid('param').uuid;
    // A UUID is the same in capitals (RFC 9562, section 4). Before that step this service did not know.
    const uuid = config.BANDS_STEP >= FROM.reviewsFound ? asked.toLowerCase() : asked;
    annotate({ [ATTR_REVIEW]: uuid });
    tellMember();
    const body = await withSpan('load_review', { [ATTR_REVIEW]: uuid }, async () => {
      await sleep(ARCHIVE_MS);
      return reviews.get(uuid);
    });
    if (body === undefined) throw new Refusal('review_not_found', `there is no review ${uuid}`);
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
