import type { Logger } from '@hotel/log';
import {
  ATTR_BOOKING_REVISION,
  ATTR_ROOM_NUMBER,
  annotate,
  EVENT_BOOKING_CANCELLED,
  EVENT_BOOKING_CHANGED,
  EVENT_BOOKING_MADE,
  EVENT_BOOKING_PUBLISHED_AGAIN,
  EVENT_BOOKING_REPEATED,
  EVENT_BOOKING_UNCHANGED,
  EVENT_CLEANING_CONFIRMED,
  EVENT_GUEST_CHECKED_IN,
  EVENT_GUEST_CHECKED_OUT,
  EVENT_HISTORY_CONFLICT,
} from '@hotel/telemetry';
import type { Booking } from './schema.ts';

/** This service's business events, one function each. Each logs and annotates the active span; none can throw. */
export interface BusinessEvents {
  bookingMade(booking: Booking, room: string): void;
  bookingMadeBefore(booking: Booking, room: string): void;
  bookingChanged(booking: Booking, room: string): void;
  bookingUnchanged(booking: Booking, room: string): void;
  bookingCancelled(booking: Booking, room: string): void;
  guestCheckedIn(booking: Booking, room: string): void;
  guestCheckedOut(booking: Booking, room: string): void;
  bookingPublishedAgain(booking: Booking, room: string): void;
  /** cleaning has later revisions than this database, which was restored from a backup. */
  historyConflict(): void;
  cleaningConfirmed(bookingId: number, revision: number | undefined, result: string): void;
}

export function createBusinessEvents(log: Logger): BusinessEvents {
  const report = (event_name: string, message: string) => (booking: Booking, room: string) => {
    annotate({ [ATTR_ROOM_NUMBER]: room, [ATTR_BOOKING_REVISION]: booking.revision });
    log.info({ event_name, booking_id: booking.id, revision: booking.revision, room }, message);
  };
  return {
    bookingMade: report(EVENT_BOOKING_MADE, 'booking made'),
    bookingMadeBefore: report(EVENT_BOOKING_REPEATED, 'booking returned again: its Idempotency-Key was used before'),
    bookingChanged: report(EVENT_BOOKING_CHANGED, 'booking changed'),
    bookingUnchanged: report(EVENT_BOOKING_UNCHANGED, 'booking unchanged: it already has these values'),
    bookingCancelled: report(EVENT_BOOKING_CANCELLED, 'booking cancelled'),
    guestCheckedIn: report(EVENT_GUEST_CHECKED_IN, 'guest checked in'),
    guestCheckedOut: report(EVENT_GUEST_CHECKED_OUT, 'guest checked out'),
    bookingPublishedAgain: report(EVENT_BOOKING_PUBLISHED_AGAIN, 'booking published again'),
    historyConflict() {
      log.error(
        { event_name: EVENT_HISTORY_CONFLICT },
        'cleaning has later revisions than this database: the database was restored from a backup. A new epoch has begun; ' +
          'run `pnpm replay`, so that cleaning deletes what this database lacks',
      );
    },
    cleaningConfirmed(bookingId, revision, result) {
      annotate({ [ATTR_BOOKING_REVISION]: revision });
      log.info({ event_name: EVENT_CLEANING_CONFIRMED, booking_id: bookingId, revision, result }, 'cleaning confirmed');
    },
  };
}
