import { z } from '@hono/zod-openapi';

/** Fifteen digits, below JavaScript's largest safe integer. */
const MAX_ID = 999_999_999_999_999;
/** The range of an id or revision, from which clients in other languages choose an integer type. */
export const INT64 = { type: 'integer', format: 'int64', minimum: 1, maximum: MAX_ID } as const;

/** An id or a count from 1, in a body. */
export const positiveSchema = z.int().min(1).max(MAX_ID).openapi(INT64);
