import { z } from '@hono/zod-openapi';

/** A day of the calendar. Of our own beside that of the contracts: only what is made after zod was extended for OpenAPI can carry examples. */
export const dateSchema = z.iso.date('must be a day like 2027-02-04');
