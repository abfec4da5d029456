import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Day } from '@hotel/contracts';
import {
  idCursor,
  idParams,
  jsonAnswer,
  pageAnswer,
  pageQuerySchema,
  positiveSchema,
  problems,
  readPage,
} from '@hotel/http';
import { finalSchema, lastDaySchema, roomNumberSchema } from '../days/schemas.ts';
import type { Task } from '../schema.ts';
import type { Tasks } from './tasks.ts';

const taskSchema = z
  .object({
    id: positiveSchema.openapi({ example: 7 }),
    day: lastDaySchema,
    room: roomNumberSchema,
    final: finalSchema,
    booking_id: positiveSchema.openapi({ example: 42 }),
    done: z.boolean().openapi({ example: false }),
  })
  .openapi('Task');

const list = createRoute({
  method: 'get',
  path: '/api/v1/tasks',
  operationId: 'listTasks',
  summary: 'List the tasks of a day',
  description: "Today's list also includes overdue tasks of earlier days; see `day` of each task.",
  request: {
    query: pageQuerySchema.extend({
      day: lastDaySchema.optional().openapi({ description: 'Default: today' }),
    }),
  },
  responses: { 200: pageAnswer("A page of the day's tasks", taskSchema), ...problems(422) },
});
const finish = createRoute({
  method: 'post',
  path: '/api/v1/tasks/{id}/done',
  operationId: 'finishTask',
  summary: 'Mark a task done',
  description: 'A final clean can be done only after the check-out. It makes the room clean.',
  request: { params: idParams },
  responses: { 200: jsonAnswer('The task, done', taskSchema), ...problems(404, 409, 503) },
});

export function taskRoutes({ app, tasks, today }: { app: OpenAPIHono; tasks: Tasks; today: () => Day }): void {
  app.openapi(list, async (c) => {
    const now = today();
    const { day = now, ...page } = c.req.valid('query');
    const found = await readPage(c, { day, today: now, ...page }, tasks.list, idCursor, { day });
    return c.json(found.map(toWire), 200);
  });
  app.openapi(finish, async (c) => c.json(toWire(await tasks.finish(c.req.valid('param').id)), 200));
}

export function toWire({ id, day, room, final, booking_id, done_at }: Task): z.infer<typeof taskSchema> {
  return { id, day, room, final, booking_id, done: done_at !== null };
}
