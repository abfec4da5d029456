import { randomUUID } from 'node:crypto';
import { type BookingEvent, type BookingEventData, bookingSubject, type EventType } from '@hotel/contracts';
import type { Logger } from '@hotel/log';

/** An event like dispo's. Default: booking 1 in room 101 from 4 to 6 February. */
export function eventOf(type: EventType, facts: Partial<BookingEventData> = {}): BookingEvent {
  const data = {
    booking_id: 1,
    revision: 1,
    room_id: 1,
    room: '101',
    start: '2027-02-04',
    end: '2027-02-06',
    ...facts,
  };
  return {
    specversion: '1.0',
    id: randomUUID(),
    source: '/dispo',
    type,
    subject: bookingSubject(data.booking_id),
    time: '2027-01-30T09:15:00.000Z',
    datacontenttype: 'application/json',
    data,
  };
}

/** A logger that discards everything. */
export const silent = {
  info() {},
  warn() {},
  error() {},
} as unknown as Logger;
