import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { INT64 } from '../openapi/integers.ts';

const DEFAULT_LIMIT = 50;
export const MAX_LIMIT = 200;

const numberSchema = z
  .string()
  .regex(/^\d{1,15}$/, 'must be a whole number')
  .transform(Number);

/** `?limit` of a list: the maximum number of elements per page. */
export function limitSchema(byDefault: number) {
  return numberSchema
    .refine((limit) => limit >= 1 && limit <= MAX_LIMIT, `must be from 1 to ${MAX_LIMIT}`)
    .default(byDefault)
    .openapi({
      type: 'integer',
      format: 'int32',
      minimum: 1,
      default: byDefault,
      maximum: MAX_LIMIT,
      example: byDefault,
      description: 'The maximum number of elements on a page',
    });
}

/** `?after=<id>`, for lists ordered by id. */
export const afterIdSchema = numberSchema.default(0).openapi({
  ...INT64,
  minimum: 0,
  example: 0,
  description: 'The id of the last element of the previous page, whether it still exists or not',
});

/** `?limit` (50, at most 200) and `?after=<id>`. */
export const pageQuerySchema = z.strictObject({ limit: limitSchema(DEFAULT_LIMIT), after: afterIdSchema });

/**
 * Reads one row more than the page holds to detect a next page, and sets its `Link` header (RFC 8288). `cursorOf`
 * returns the `?after` of a row. `pinned` are parameters whose defaults may change before the next page is read.
 */
export async function readPage<Row, P extends { limit: number }>(
  c: Context,
  page: P,
  read: (page: P) => Promise<Row[]>,
  cursorOf: (row: Row) => string,
  pinned: Record<string, string> = {},
): Promise<Row[]> {
  const rows = await read({ ...page, limit: page.limit + 1 });
  const last = rows[page.limit - 1];
  if (rows.length <= page.limit || last === undefined) return rows;
  const query = new URLSearchParams({ ...c.req.query(), ...pinned });
  query.set('limit', String(page.limit));
  query.set('after', cursorOf(last));
  c.header('Link', `<${c.req.path}?${query}>; rel="next"`);
  return rows.slice(0, page.limit);
}

/** The cursor of lists ordered by id. */
export const idCursor = ({ id }: { id: number }): string => String(id);
