import { z } from '@hono/zod-openapi';

/** Fifteen digits: what JavaScript counts exactly, with room to spare. */
const MAX_ID = 999_999_999_999_999;
/** What a client in another language needs to know of an integer that may be an id or count revisions. */
export const INT64 = { type: 'integer', format: 'int64', minimum: 1, maximum: MAX_ID } as const;

/** An id, or a count that begins with 1, in a body. */
export const positiveSchema = z.int().min(1).max(MAX_ID).openapi(INT64);
