import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { dateSchema } from '@hotel/contracts';
import { jsonAnswer, problems } from '@hotel/http';
import type { Day } from '../plan/calendar.ts';
import { MAX_DAYS, rangeOf, rangeProblem } from './days.ts';
import type { DayRepository } from './repository.ts';

const daySchema = z
  .object({
    day: dateSchema.openapi({ example: '2027-02-06' }),
    room: z.string().openapi({ example: '101', description: 'The number on the door' }),
    final: z.literal([0, 1]).openapi({ example: 1, description: '1 on a day of departure' }),
  })
  .openapi('Day');

export interface DayRoutesDeps {
  app: OpenAPIHono;
  days: DayRepository;
  today: () => Day;
}

export function dayRoutes({ app, days, today }: DayRoutesDeps): void {
  const querySchema = z
    .strictObject({
      start: dateSchema.optional().openapi({ example: '2027-02-04', description: 'The first day; today' }),
      end: dateSchema
        .optional()
        .openapi({
          example: '2027-02-06',
          description: `The last day, ${MAX_DAYS} days in all at most; six days after start`,
        }),
    })
    .superRefine((query, context) => {
      const message = rangeProblem(rangeOf(query, today()));
      if (message) context.addIssue({ code: 'custom', path: ['end'], message });
    });
  const list = createRoute({
    method: 'get',
    path: '/api/v1/days',
    request: { query: querySchema },
    responses: { 200: jsonAnswer('The occupied rooms of each day', z.array(daySchema)), ...problems(422) },
  });
  app.openapi(list, async (c) => c.json(await days.list(rangeOf(c.req.valid('query'), today())), 200));
}
