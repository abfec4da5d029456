import { z } from '@hono/zod-openapi';
import { ROOM_NUMBER } from '@hotel/contracts';
import { dateSchema } from '@hotel/http';

export const firstDaySchema = dateSchema.openapi({ example: '2027-02-04' });
export const lastDaySchema = dateSchema.openapi({ example: '2027-02-06' });
export const roomNumberSchema = z
  .string()
  .regex(ROOM_NUMBER)
  .openapi({ example: '101', description: 'The number on the door' });
export const finalSchema = z.union([z.literal(0), z.literal(1)]).openapi({
  type: 'integer',
  format: 'int32',
  minimum: 0,
  maximum: 1,
  enum: [0, 1],
  example: 1,
  description: '1 on a day of departure, else 0',
});
