import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';

const MAX_LIMIT = 200;

/** `?limit` (50, at most 200) and `?after=<id>`, for lists in the order of their ids. */
export const pageQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(50).openapi({ description: 'How many at most' }),
  after: z.coerce
    .number()
    .int()
    .min(0)
    .default(0)
    .openapi({ description: 'The id of the last one of the page before' }),
});
export type Page = z.infer<typeof pageQuerySchema>;

/** Names the next page in the `Link` header (RFC 8288) when this one is full. */
export function linkNextPage(c: Context, page: Page, rows: ReadonlyArray<{ id: number }>): void {
  const last = rows.at(-1);
  if (!last || rows.length < page.limit) return;
  const query = new URLSearchParams(c.req.query());
  query.set('limit', String(page.limit));
  query.set('after', String(last.id));
  c.header('Link', `<${c.req.path}?${query}>; rel="next"`);
}
