import { DomainError } from '../errors.ts';
import type { Booking, Room } from '../schema.ts';
import type { Guest, Guests } from './statements.ts';

/** The end of a stay whose guest leaves on `today`, within the booked days. */
export function departure({ start, end }: Pick<Booking, 'start' | 'end'>, today: string): string {
  if (today < start) return start;
  return today < end ? today : end;
}

/**
 * Checks what dispo knows before cleaning does. cleaning processes check-ins and check-outs a moment later, and until
 * then may report a room clean that is not.
 * @throws DomainError
 */
export function requireVacant(room: Room, { present, unconfirmed }: Guests): void {
  if (present !== null) {
    throw new DomainError('room_occupied', `the guest of booking ${present} is still in room ${room.number}`);
  }
  if (unconfirmed !== null) {
    throw new DomainError(
      'room_not_clean',
      `room ${room.number} is not clean yet: cleaning has not confirmed that the guest of booking ${unconfirmed} has left`,
    );
  }
}

/**
 * A guest who overstays holds the room until tomorrow, whatever the booking says. A guest due to leave today or later
 * does not: others may book the room from the day of departure on.
 * @throws DomainError
 */
export function requireNoOverstay(room: Room, guest: Guest, stay: { start: string; end: string }, today: string): void {
  if (guest.end >= today || stay.start > today || stay.end <= guest.start) return;
  throw new DomainError(
    'room_occupied',
    `the guest of booking ${guest.id} is still in room ${room.number}, and was due to leave on ${guest.end}`,
  );
}
