import { tracedFetch } from '@hotel/http-client';
import { withSpan } from '@hotel/telemetry';
import type { z } from 'zod';
import { ATTR_BAND, ATTR_STEP, bandSchema, reviewListSchema, reviewSchema } from './contract.ts';
import { FROM } from './steps.ts';
import { withMember } from './tracestate.ts';

export interface BandRequest {
  /** Base URLs. */
  bands: string;
  reviews: string;
  uuid: string;
  step: number;
}

/** A review, in the form that the caller prints. */
export interface Review {
  uuid: string;
  body: string;
  created: string;
}

export interface BandResult {
  band: { uuid: string; name: string; reviews: Review[]; created: string };
  /** The caller's own trace, or else the one named in the response of bands-api. */
  traceId: string | undefined;
}

/** Queries bands-api, then reviews-api, and combines the responses under one root span. */
export function showBand({ bands, reviews, uuid, step }: BandRequest): Promise<BandResult> {
  return withSpan('show_band', { [ATTR_BAND]: uuid, [ATTR_STEP]: step }, (span) =>
    withMember(span, `step${step}`, async () => {
      const { value: band, traceId } = await getJson(`${bands}/bands/${uuid}`, bandSchema);
      if (!band) throw new Error(`${bands} knows no band ${uuid}`);
      const { value: list } = await getJson(`${reviews}/bands/${uuid}/reviews`, reviewListSchema);
      const found = await reviewsOf(reviews, list?.reviews ?? [], step >= FROM.reviewsInParallel);
      const { name } = band.result;
      return { band: { uuid, name, reviews: found, created: band.created }, traceId };
    }),
  );
}

/** Omits reviews that cannot be fetched, so that the band is still shown. (And nobody notices. See step 6.) */
async function reviewsOf(url: string, uuids: readonly string[], inParallel: boolean): Promise<Review[]> {
  const fetchOne = async (id: string): Promise<Review | undefined> => {
    const { value } = await getJson(`${url}/reviews/${id}`, reviewSchema);
    return value && { uuid: value.uuid, body: value.result.body, created: value.created };
  };
  const found: Array<Review | undefined> = [];
  if (inParallel) found.push(...(await Promise.all(uuids.map(fetchOne))));
  else for (const uuid of uuids) found.push(await fetchOne(uuid));
  return found.filter((review) => review !== undefined);
}

/** Returns the body of a 200 and the trace id named in the response. */
async function getJson<T extends z.ZodType>(
  url: string,
  schema: T,
): Promise<{ value: z.infer<T> | undefined; traceId: string | undefined }> {
  const response = await tracedFetch(new URL(url), { method: 'GET', signal: AbortSignal.timeout(5_000) });
  const traceId = response.headers.get('traceresponse')?.split('-')[1];
  const body: unknown = await response.json();
  return { value: response.ok ? schema.parse(body) : undefined, traceId };
}
