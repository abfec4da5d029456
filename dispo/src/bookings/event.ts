import type { BookingEventData, EventType } from '@hotel/contracts';
import type { Step } from '@hotel/database';
import type { EventContext, OutboxStore, PendingEvent } from '../outbox/store.ts';
import type { Booking, Room } from '../schema.ts';
import { publishedStay } from './fields.ts';

/** The contents of an event: the booking's current state. */
export interface BookingState {
  booking: Booking;
  room: Room;
  /** The day of check-out if it differs from the booking's end. */
  departed: string | null;
}

/** Writes an event to the outbox, in the current epoch. Call only inside a transaction. */
export type WriteEvent = (type: EventType, state: BookingState, context?: EventContext) => Step<PendingEvent>;

export function createEventWriter(outbox: Pick<OutboxStore, 'append'>): WriteEvent {
  return (type, { booking, room, departed }, context) => {
    const { id: booking_id, revision } = booking;
    const data: BookingEventData = { booking_id, revision, room: room.number, ...publishedStay(booking) };
    return outbox.append(type, departed === null ? data : { ...data, departed }, context);
  };
}

/** The event type that describes a booking's current state, whatever led to it. */
export function currentType({ status, revision }: Booking): EventType {
  if (status !== 'booked') return `booking.${status}`;
  return revision === 1 ? 'booking.created' : 'booking.changed';
}
