import type { BookingEventData, EventType } from '@hotel/contracts';
import type { Carrier } from '@hotel/telemetry';
import type { OutboxStore, PendingEvent } from '../outbox/store.ts';
import type { Booking, Room } from '../schema.ts';

/** The contents of an event: the booking's current state. */
export interface Announcement {
  booking: Booking;
  room: Room;
  /** The day of check-out if it differs from the booking's end. */
  departed: string | null;
}

/** Writes an event to the outbox, in the current epoch. Call only inside a transaction. */
export type Announce = (type: EventType, told: Announcement, context?: Carrier) => PendingEvent;

export function createAnnounce(outbox: Pick<OutboxStore, 'append'>, epoch: () => string): Announce {
  return (type, { booking, room, departed }, context) => {
    const { id: booking_id, revision, room_id, start, end } = booking;
    const facts: BookingEventData = { booking_id, revision, room_id, room: room.number, start, end, epoch: epoch() };
    return outbox.append(type, departed === null ? facts : { ...facts, departed }, context);
  };
}

/** The event type that describes a booking's current state, whatever led to it. */
export function currentType({ status, revision }: Booking): EventType {
  if (status !== 'booked') return `booking.${status}`;
  return revision === 1 ? 'booking.created' : 'booking.changed';
}
