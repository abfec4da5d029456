import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { forgottenSchema, staysBeforePath } from '@hotel/contracts';
import { jsonAnswer, problems } from '@hotel/http';
import type { ForgetBefore } from './forget.ts';

const forget = createRoute({
  method: 'delete',
  path: staysBeforePath('{epoch}'),
  request: {
    params: z.object({ epoch: z.uuid() }),
    query: z.strictObject({ after: z.coerce.number().int().min(0).default(0) }),
  },
  responses: { 200: jsonAnswer('How far it is', forgottenSchema), ...problems(404, 422, 503) },
});

/** Ends a replay; see the contracts. */
export function internalPlanRoutes({ app, forgetBefore }: { app: OpenAPIHono; forgetBefore: ForgetBefore }): void {
  app.openapi(forget, async (c) => {
    const { epoch } = c.req.valid('param');
    return c.json(await forgetBefore(epoch, c.req.valid('query').after), 200);
  });
}
