import { z } from 'zod';
import type { Guard } from './guard.ts';
import { createReadCaller, isTokenList } from './tokens.ts';

const tokens = 'bearer tokens like s3cret,l00k:read, separated by commas';
const rate = 'a number of requests a second, 0 for no limit';
const origins = 'origins like https://hotel.example, separated by commas';
const count = 'a whole number from 1 to 1000000';

/** Settings of a public API, input of `guardOf`. */
export const guardSettings = {
  HOTEL_API_TOKENS: z
    .string(tokens)
    .refine(isTokenList, tokens)
    .optional()
    .describe('Secret. Tokens that may use the public API; if not set, no token is required'),
  HOTEL_CORS_ORIGINS: z
    .string(origins)
    .transform((list) => list.split(',').map(originOf))
    .refine((list): list is string[] => list.every((origin) => origin !== undefined), origins)
    .default([])
    .describe('Origins whose pages may use the API from a browser'),
  HOTEL_RATE_LIMIT: z.coerce
    .number(rate)
    .min(0, rate)
    .max(1_000_000, rate)
    .default(0)
    .describe('Requests per second per token, or per address without one'),
  HOTEL_MAX_IN_FLIGHT: z.coerce
    .number(count)
    .int(count)
    .min(1, count)
    .max(1_000_000, count)
    .default(512)
    .describe('Requests in progress at the same time, per process'),
};

/**
 * Normalizes an origin as browsers send it: `https://hotel.example`. Undefined if the text is not exactly an origin.
 */
function originOf(text: string): string | undefined {
  const url = URL.parse(text.trim());
  const isOrigin = url && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`;
  return isOrigin ? url.origin : undefined;
}

const settingsSchema = z.object(guardSettings);

/** The guard configured by the environment. */
export function guardOf(settings: z.infer<typeof settingsSchema>): Guard {
  const { HOTEL_API_TOKENS: list, HOTEL_RATE_LIMIT: rateLimit, HOTEL_MAX_IN_FLIGHT: maxInFlight } = settings;
  return {
    readCaller: list === undefined ? undefined : createReadCaller(list),
    rateLimit,
    maxInFlight,
    origins: settings.HOTEL_CORS_ORIGINS,
  };
}
