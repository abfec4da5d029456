import { DomainError } from '../errors.ts';
import type { Booking, Room } from '../schema.ts';
import type { Guest, Guests } from './statements.ts';

/** The day a stay ends when its guest leaves on `today`: not before it began, and not later than was booked. */
export function departure({ start, end }: Pick<Booking, 'start' | 'end'>, today: string): string {
  if (today < start) return start;
  return today < end ? today : end;
}

/**
 * What dispo knows of a room better than cleaning, which hears of a check-in and a check-out a moment later: until then
 * it may call a room clean that is not.
 * @throws DomainError
 */
export function requireEmptied(room: Room, { present, unheard }: Guests): void {
  if (present !== null) {
    throw new DomainError('room_occupied', `the guest of booking ${present} is still in room ${room.number}`);
  }
  if (unheard !== null) {
    throw new DomainError(
      'room_not_clean',
      `room ${room.number} is not clean yet: cleaning has not heard that the guest of booking ${unheard} has left`,
    );
  }
}

/**
 * A guest who stays longer than booked holds the room until tomorrow, whatever the booking says. One who is to leave
 * today or later does not: that room is let from the day of departure on, as any other.
 * @throws DomainError
 */
export function requireLeft(room: Room, guest: Guest, stay: { start: string; end: string }, today: string): void {
  if (guest.end >= today || stay.start > today || stay.end <= guest.start) return;
  throw new DomainError(
    'room_occupied',
    `the guest of booking ${guest.id} is still in room ${room.number}, and was to leave on ${guest.end}`,
  );
}
