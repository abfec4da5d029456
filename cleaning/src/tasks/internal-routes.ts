import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import {
  CLEANING_OVERVIEW_PATH,
  cleaningOverviewSchema,
  cleaningTaskSchema,
  type Day,
  OVERVIEW_LIMIT,
} from '@hotel/contracts';
import { idParams, jsonAnswer, problems } from '@hotel/http';
import type { RoomRepository } from '../rooms/repository.ts';
import { toWire } from './routes.ts';
import type { Tasks } from './tasks.ts';

const overview = createRoute({
  method: 'get',
  path: CLEANING_OVERVIEW_PATH,
  responses: { 200: jsonAnswer('Dirty rooms and the tasks of today', cleaningOverviewSchema) },
});
const finish = createRoute({
  method: 'post',
  path: '/internal/v1/tasks/{id}/done',
  request: { params: idParams },
  responses: { 200: jsonAnswer('The task, done', cleaningTaskSchema), ...problems(404, 409, 503) },
});

interface Deps {
  app: OpenAPIHono;
  tasks: Tasks;
  rooms: Pick<RoomRepository, 'dirty'>;
  today: () => Day;
}

/** Called by dispo for its front desk; see `cleaningOverviewSchema` in the contracts. */
export function internalTaskRoutes({ app, tasks, rooms, today }: Deps): void {
  app.openapi(overview, async (c) => {
    const day = today();
    const [dirty, due] = await Promise.all([
      rooms.dirty(OVERVIEW_LIMIT),
      tasks.list({ day, today: day, after: 0, limit: OVERVIEW_LIMIT }),
    ]);
    return c.json({ dirty, tasks: due.map(toWire) }, 200);
  });
  app.openapi(finish, async (c) => c.json(toWire(await tasks.finish(c.req.valid('param').id)), 200));
}
