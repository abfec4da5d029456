import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import {
  replayBegunSchema,
  replayEndPath,
  replayPath,
  replayProgressSchema,
  replayStepPath,
  replayStepSchema,
} from '@hotel/contracts';
import { jsonAnswer, jsonBody, problems } from '@hotel/http';
import type { Replay } from './replay.ts';

const begin = createRoute({
  method: 'post',
  path: replayPath,
  responses: { 201: jsonAnswer('The epoch of the replay', replayBegunSchema), ...problems(503) },
});
const step = createRoute({
  method: 'post',
  path: replayStepPath,
  request: { body: jsonBody(replayStepSchema) },
  responses: { 200: jsonAnswer('Progress of the replay', replayProgressSchema), ...problems(400, 413, 415, 422, 503) },
});
const end = createRoute({
  method: 'post',
  path: replayEndPath,
  responses: { 204: { description: 'Ended' }, ...problems(503) },
});

/** Routes for `pnpm replay`; see the contracts. */
export function replayRoutes({ app, replay }: { app: OpenAPIHono; replay: Replay }): void {
  app.openapi(begin, async (c) => c.json({ epoch: await replay.begin() }, 201));
  app.openapi(step, async (c) => c.json(await replay.step(c.req.valid('json').after), 200));
  app.openapi(end, async (c) => {
    await replay.finish();
    return c.body(null, 204);
  });
}
