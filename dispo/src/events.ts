import { ATTR_BOOKING_REVISION, ATTR_ROOM_NUMBER, annotate, type Logger } from '@hotel/telemetry';
import type { Booking } from './schema.ts';

/** Business events, one function each: logs it and annotates the active span. None can throw. */
export interface Facts {
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

export function createFacts(log: Logger): Facts {
  const tell = (message: string) => (booking: Booking, room: string) => {
    annotate({ [ATTR_ROOM_NUMBER]: room, [ATTR_BOOKING_REVISION]: booking.revision });
    log.info({ booking_id: booking.id, revision: booking.revision, room }, message);
  };
  return {
    bookingMade: tell('booking made'),
    bookingMadeBefore: tell('booking made before: the same Idempotency-Key'),
    bookingChanged: tell('booking changed'),
    bookingUnchanged: tell('booking not changed: it was like this already'),
    bookingCancelled: tell('booking cancelled'),
    guestCheckedIn: tell('guest checked in'),
    guestCheckedOut: tell('guest checked out'),
    bookingPublishedAgain: tell('booking published again'),
    historyConflict() {
      log.error(
        {},
        'cleaning knows later revisions than this database has: the database was restored from a backup. A new epoch has begun; ' +
          'run `pnpm replay`, so that cleaning forgets what is not here',
      );
    },
    cleaningConfirmed(bookingId, revision, result) {
      annotate({ [ATTR_BOOKING_REVISION]: revision });
      log.info({ booking_id: bookingId, revision, result }, 'cleaning confirmed');
    },
  };
}
