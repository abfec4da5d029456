import { z } from '@hono/zod-openapi';

/**
 * A calendar day. Duplicates the schema of the contracts, since only schemas created after zod was extended for OpenAPI
 * can carry examples.
 */
export const dateSchema = z.iso.date('must be a day like 2027-02-04');
