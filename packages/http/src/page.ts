import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

const numberSchema = z
  .string()
  .regex(/^\d{1,15}$/, 'must be a whole number')
  .transform(Number);

/** `?limit` (50, at most 200) and `?after=<id>`, for lists in the order of their ids. */
export const pageQuerySchema = z.strictObject({
  limit: numberSchema
    .refine((limit) => limit >= 1 && limit <= MAX_LIMIT, `must be from 1 to ${MAX_LIMIT}`)
    .default(DEFAULT_LIMIT)
    .openapi({
      type: 'integer',
      minimum: 1,
      default: DEFAULT_LIMIT,
      maximum: MAX_LIMIT,
      example: DEFAULT_LIMIT,
      description: 'How many at most',
    }),
  after: numberSchema.default(0).openapi({
    type: 'integer',
    minimum: 0,
    example: 0,
    description: 'The id of the last one of the page before, whether it is still there or not',
  }),
});
export type Page = z.infer<typeof pageQuerySchema>;

/** Reads a page with one row too many: whether there is a next one, and if so names it in the `Link` header (RFC 8288). */
export async function readPage<Row extends { id: number }, P extends Page>(
  c: Context,
  page: P,
  read: (page: P) => Promise<Row[]>,
): Promise<Row[]> {
  const rows = await read({ ...page, limit: page.limit + 1 });
  if (rows.length <= page.limit) return rows;
  const shown = rows.slice(0, page.limit);
  const query = new URLSearchParams(c.req.query());
  query.set('limit', String(page.limit));
  query.set('after', String(shown.at(-1)?.id));
  c.header('Link', `<${c.req.path}?${query}>; rel="next"`);
  return shown;
}
