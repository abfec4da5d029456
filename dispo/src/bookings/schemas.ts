import { z } from '@hono/zod-openapi';
import { MAX_NIGHTS, nightsOf } from '@hotel/contracts';
import { positiveSchema } from '@hotel/http';
import { roomSchema } from '../rooms/routes.ts';
import { bookingStatuses, cleaningStates } from '../schema.ts';
import { shapeOf } from './fields.ts';
import { KEEP_HOURS, KEYS_PER_CALLER } from './idempotency.ts';

type Dates = { start?: string | undefined; end?: string | undefined };
const isOrdered = ({ start, end }: Dates) => start === undefined || end === undefined || start < end;
const isShortEnough = ({ start, end }: Dates) =>
  start === undefined || end === undefined || nightsOf({ start, end }) <= MAX_NIGHTS;
const notOrdered = { path: ['end'], message: 'must be after start' };
const notShortEnough = { path: ['end'], message: `a stay may have ${MAX_NIGHTS} nights at most` };

export const newBookingSchema = z
  .strictObject(shapeOf('create'))
  .refine(isOrdered, notOrdered)
  .refine(isShortEnough, notShortEnough)
  // Not `NewBooking`: Go generators would clash with a constructor of `Booking`.
  .openapi('BookingRequest');

export const bookingChangeSchema = z
  .strictObject(shapeOf('change'))
  .refine(isOrdered, notOrdered)
  .refine(isShortEnough, notShortEnough)
  .openapi('BookingChange');

export const bookingSchema = z
  .object({
    id: positiveSchema.openapi({ example: 42 }),
    ...shapeOf('read'),
    status: z.enum(bookingStatuses),
    cleaning: z.enum(cleaningStates).openapi({ description: 'Progress of the cleaning plan for this revision' }),
    revision: positiveSchema.openapi({ example: 1, description: 'Increases by one with every change' }),
  })
  .openapi('Booking');

export const bookingWithRoomSchema = bookingSchema.extend({ room: roomSchema }).openapi('BookingWithRoom');

export const idempotencyHeaders = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[ -~]{1,255}$/, 'must have 1 to 255 characters of printable ASCII')
    .optional()
    .openapi({
      example: '5b8f5a0e-6d2f-4d0a-9a3c-0f6f0e7f3c11',
      description:
        'Requests with the same key and body make one booking, however often they are sent. ' +
        `A key is scoped to the token it was sent with. It expires after ${KEEP_HOURS} hours, ` +
        `or after ${KEYS_PER_CALLER} newer keys of the same token`,
    }),
});
