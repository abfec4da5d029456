import { ConstraintViolation } from '@hotel/database';

/** Domain errors of well-formed requests. `app.ts` maps each to an HTTP response. */
export type ErrorCode =
  | 'room_not_found'
  | 'room_number_taken'
  | 'room_number_fixed'
  | 'room_has_bookings'
  | 'booking_not_found'
  | 'room_taken'
  | 'booking_closed'
  | 'booking_changed_meanwhile'
  | 'guest_not_here'
  | 'room_occupied'
  | 'room_not_clean'
  | 'event_of_other_booking'
  | 'cleaning_unavailable'
  | 'task_not_found'
  | 'guest_not_gone'
  | 'changed_since'
  | 'stay_not_valid'
  | 'idempotency_key_reused';

export class DomainError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.name = 'DomainError';
    this.code = code;
  }
}

/** What a constraint of the schema means. The rules find the reason first, unless they are wrong. */
const violations: Record<string, [ErrorCode, string]> = {
  bookings_no_overlap: ['room_taken', 'the room is taken for one of these nights'],
  bookings_one_guest: ['room_occupied', 'a guest is still in the room'],
  rooms_number: ['room_number_taken', 'another room has this number'],
};

export function toDomainError(error: unknown): unknown {
  const violation = error instanceof ConstraintViolation ? violations[error.constraint] : undefined;
  return violation ? new DomainError(...violation) : error;
}
