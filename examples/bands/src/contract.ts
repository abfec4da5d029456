import type { ErrorTable } from '@hotel/http';
import { z } from 'zod';

export const uuidSchema = z.uuid();

/** The response of both services: the id requested, when it was stored, when it was found, and the result. */
export const bandSchema = z.object({
  uuid: uuidSchema,
  created: z.string(),
  succeeded_at: z.string(),
  result: z.object({ name: z.string() }),
});
export const reviewSchema = bandSchema.extend({ result: z.object({ body: z.string() }) });
export const reviewListSchema = z.object({ uuid: uuidSchema, reviews: z.array(uuidSchema) });

export const errors = {
  band_not_found: { status: 404 },
  review_not_found: { status: 404 },
} satisfies ErrorTable;

/** The band used in the walkthrough. */
export const FUGAZI = '553be815-76f3-49db-b9d7-caca4b23cc3e';

export const ATTR_BAND = 'bands.band.uuid';
export const ATTR_REVIEW = 'bands.review.uuid';
export const ATTR_STEP = 'bands.step';
