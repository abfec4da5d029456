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
