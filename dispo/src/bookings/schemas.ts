import { z } from '@hono/zod-openapi';
import { MAX_NIGHTS, nightsOf } from '@hotel/contracts';
import { dateSchema, positiveSchema } from '@hotel/http';
import { roomSchema } from '../rooms/routes.ts';
import { bookingStatuses, cleaningStates } from '../schema.ts';
import { KEEP_HOURS, KEYS_PER_CALLER } from './idempotency.ts';

const roomIdSchema = positiveSchema.openapi({ example: 1 });
const startSchema = dateSchema.openapi({ example: '2027-02-04', description: 'The day of arrival' });
const endSchema = dateSchema.openapi({ example: '2027-02-06', description: 'The day of departure, after start' });

type Dates = { start?: string | undefined; end?: string | undefined };
const isOrdered = ({ start, end }: Dates) => start === undefined || end === undefined || start < end;
const isShortEnough = ({ start, end }: Dates) =>
  start === undefined || end === undefined || nightsOf({ start, end }) <= MAX_NIGHTS;
const notOrdered = { path: ['end'], message: 'must be after start' };
const notShortEnough = { path: ['end'], message: `a stay may have ${MAX_NIGHTS} nights at most` };

export const newBookingSchema = z
  .strictObject({ room_id: roomIdSchema, start: startSchema, end: endSchema })
  .refine(isOrdered, notOrdered)
  .refine(isShortEnough, notShortEnough)
  // Not `NewBooking`: Go generators would clash with a constructor of `Booking`.
  .openapi('BookingRequest');

export const bookingChangeSchema = z
  .strictObject({ room_id: roomIdSchema.optional(), start: startSchema.optional(), end: endSchema.optional() })
  .refine(isOrdered, notOrdered)
  .refine(isShortEnough, notShortEnough)
  .openapi('BookingChange');

export const bookingSchema = z
  .object({
    id: positiveSchema.openapi({ example: 42 }),
    room_id: roomIdSchema,
    start: startSchema,
    end: endSchema,
    status: z.enum(bookingStatuses),
    cleaning: z.enum(cleaningStates).openapi({ description: 'How far the cleaning plan of this revision is' }),
    revision: positiveSchema.openapi({ example: 1, description: 'Grows by one with every change' }),
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
        'The same key and body make the same booking once, however often they are sent. ' +
        `A key belongs to the token it was sent with, and expires after ${KEEP_HOURS} hours, ` +
        `or when ${KEYS_PER_CALLER} newer ones have been used with the same token`,
    }),
});
