import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Day } from '@hotel/contracts';
import { jsonAnswer, problems } from '@hotel/http';
import { MAX_DAYS, rangeOf, rangeProblem } from './days.ts';
import type { DayRepository } from './repository.ts';
import { finalSchema, firstDaySchema, lastDaySchema, roomNumberSchema } from './schemas.ts';

const daySchema = z.object({ day: lastDaySchema, room: roomNumberSchema, final: finalSchema }).openapi('Day');

export interface DayRoutesDeps {
  app: OpenAPIHono;
  days: DayRepository;
  today: () => Day;
}

export function dayRoutes({ app, days, today }: DayRoutesDeps): void {
  const querySchema = z
    .strictObject({
      start: firstDaySchema.optional().openapi({ description: 'The first day; today' }),
      end: lastDaySchema
        .optional()
        .openapi({ description: `The last of ${MAX_DAYS} days at most; six days after start` }),
    })
    .superRefine((query, context) => {
      // What is not a day has no range.
      if (context.issues.length > 0) return;
      const message = rangeProblem(rangeOf(query, today()));
      if (message) context.addIssue({ code: 'custom', path: ['end'], message });
    });
  const list = createRoute({
    method: 'get',
    path: '/api/v1/days',
    operationId: 'listDays',
    summary: 'List the occupied rooms of each day',
    description: 'Not paged.',
    request: { query: querySchema },
    responses: { 200: jsonAnswer('The occupied rooms of each day', z.array(daySchema)), ...problems(422) },
  });
  app.openapi(list, async (c) => c.json(await days.list(rangeOf(c.req.valid('query'), today())), 200));
}
