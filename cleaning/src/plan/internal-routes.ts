import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { forgottenSchema, staysBeforePath } from '@hotel/contracts';
import { jsonAnswer, problems } from '@hotel/http';
import type { DeleteStaysBefore } from './delete-stays.ts';

const deleteStays = createRoute({
  method: 'delete',
  path: staysBeforePath('{epoch}'),
  request: {
    params: z.object({ epoch: z.uuid() }),
    query: z.strictObject({ after: z.coerce.number().int().min(0).default(0) }),
  },
  responses: { 200: jsonAnswer('The stays deleted from this page', forgottenSchema), ...problems(404, 422, 503) },
});

/** Ends a replay; see the contracts. */
export function internalPlanRoutes({
  app,
  deleteStaysBefore,
}: {
  app: OpenAPIHono;
  deleteStaysBefore: DeleteStaysBefore;
}): void {
  app.openapi(deleteStays, async (c) => {
    const { epoch } = c.req.valid('param');
    return c.json(await deleteStaysBefore(epoch, c.req.valid('query').after), 200);
  });
}
