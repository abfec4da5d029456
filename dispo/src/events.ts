import type { Logger } from '@hotel/log';
import { ATTR_BOOKING_REVISION, ATTR_ROOM_NUMBER, annotate } from '@hotel/telemetry';
import type { Booking } from './schema.ts';

/** Business events, one function each: logs it and annotates the active span. None can throw. */
export interface BusinessEvents {
  bookingMade(booking: Booking, room: string): void;
  bookingMadeBefore(booking: Booking, room: string): void;
  bookingChanged(booking: Booking, room: string): void;
  bookingUnchanged(booking: Booking, room: string): void;
  bookingCancelled(booking: Booking, room: string): void;
  guestCheckedIn(booking: Booking, room: string): void;
  guestCheckedOut(booking: Booking, room: string): void;
  bookingPublishedAgain(booking: Booking, room: string): void;
  /** cleaning knows more than this database, which was restored from a backup. */
  historyConflict(): void;
  cleaningConfirmed(bookingId: number, revision: number | undefined, result: string): void;
}

export function createBusinessEvents(log: Logger): BusinessEvents {
  const report = (message: string) => (booking: Booking, room: string) => {
    annotate({ [ATTR_ROOM_NUMBER]: room, [ATTR_BOOKING_REVISION]: booking.revision });
    log.info({ booking_id: booking.id, revision: booking.revision, room }, message);
  };
  return {
    bookingMade: report('booking made'),
    bookingMadeBefore: report('booking returned again: its Idempotency-Key was used before'),
    bookingChanged: report('booking changed'),
    bookingUnchanged: report('booking unchanged: it already has these values'),
    bookingCancelled: report('booking cancelled'),
    guestCheckedIn: report('guest checked in'),
    guestCheckedOut: report('guest checked out'),
    bookingPublishedAgain: report('booking published again'),
    historyConflict() {
      log.error(
        {},
        'cleaning has later revisions than this database: the database was restored from a backup. A new epoch has begun; ' +
          'run `pnpm replay`, so that cleaning deletes what this database lacks',
      );
    },
    cleaningConfirmed(bookingId, revision, result) {
      annotate({ [ATTR_BOOKING_REVISION]: revision });
      log.info({ booking_id: bookingId, revision, result }, 'cleaning confirmed');
    },
  };
}
