import { databaseErrors, type ErrorTable } from '@hotel/http';
import { z } from 'zod';
import { downstreamErrors } from '../../src/client.ts';

export const usernameSchema = z.string().regex(/^[\w.-]{1,64}$/, 'should be 1 to 64 letters, digits, dots or dashes');
export const limitsSchema = z.object({ username: z.string(), credits: z.int() });

/** `{"username": "test", "item_id": "book-1"}`; `item_id` may also be a number. */
export const newReservationSchema = z.strictObject({
  username: usernameSchema,
  item_id: z.union([z.string().min(1).max(100), z.int()], 'should be a text or a number'),
});

export const errors = {
  ...downstreamErrors,
  invalid_input: { status: 422 },
  user_not_found: { status: 404 },
  reservation_not_found: { status: 404 },
  no_credits: { status: 409 },
  ...databaseErrors,
} satisfies ErrorTable;

/**
 * Replaces the user name in a path before it is recorded. No attribute or error text contains a user name: people with
 * access to traces need not know who reserves.
 */
export const recordedPath = (path: string) => path.replace(/^\/users\/[^/]+/, '/users/REDACTED');

export const ATTR_ITEM = 'reservations.item.id';
export const ATTR_RESERVATION = 'reservations.id';
export const ATTR_CREDITS = 'reservations.credits';
