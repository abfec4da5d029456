import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Day } from '@hotel/contracts';
import { limitSchema, MAX_LIMIT, pageAnswer, problems, readPage } from '@hotel/http';
import { MAX_DAYS, rangeOf, rangeProblem } from './days.ts';
import type { DayRepository, RoomDay } from './repository.ts';
import { finalSchema, firstDaySchema, lastDaySchema, roomNumberSchema } from './schemas.ts';

const daySchema = z.object({ day: lastDaySchema, room: roomNumberSchema, final: finalSchema }).openapi('Day');

const cursorOf = ({ day, room }: RoomDay) => `${day}_${room}`;
/** Day and room number. */
const CURSOR = /^\d{4}-\d{2}-\d{2}_[A-Za-z0-9-]{1,16}$/;
const afterSchema = z
  .string()
  .regex(CURSOR, 'must be a day and a room, like 2027-02-04_101')
  .transform((text) => ({ day: text.slice(0, 10), room: text.slice(11) }))
  .openapi({
    type: 'string',
    pattern: CURSOR.source,
    example: '2027-02-04_101',
    description: 'Day and room of the last element of the previous page, joined by `_`',
  });

export interface DayRoutesDeps {
  app: OpenAPIHono;
  days: DayRepository;
  today: () => Day;
}

export function dayRoutes({ app, days, today }: DayRoutesDeps): void {
  const querySchema = z
    .strictObject({
      start: firstDaySchema.optional().openapi({ description: 'First day. Default: today' }),
      end: lastDaySchema
        .optional()
        .openapi({ description: `Last day, at most ${MAX_DAYS} days in all. Default: six days after \`start\`` }),
      // Defaults to the maximum, so that a week of a small hotel fits on one page.
      limit: limitSchema(MAX_LIMIT),
      after: afterSchema.optional(),
    })
    .superRefine((query, context) => {
      // Without valid days there is no range to check.
      if (context.issues.length > 0) return;
      const message = rangeProblem(rangeOf(query, today()));
      if (message) context.addIssue({ code: 'custom', path: ['end'], message });
    });
  const list = createRoute({
    method: 'get',
    path: '/api/v1/days',
    operationId: 'listDays',
    summary: 'List the occupied rooms of each day',
    request: { query: querySchema },
    responses: { 200: pageAnswer('A page of the occupied rooms of each day', daySchema), ...problems(422) },
  });
  app.openapi(list, async (c) => {
    const query = c.req.valid('query');
    const { start, end } = rangeOf(query, today());
    const page = { start, end, limit: query.limit, after: query.after };
    return c.json(await readPage(c, page, days.list, cursorOf, { start, end }), 200);
  });
}
