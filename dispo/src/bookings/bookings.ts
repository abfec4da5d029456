import type { CleaningResult } from '@hotel/contracts';
import type { RoomStates } from '../cleaning/room-states.ts';
import { DomainError } from '../errors.ts';
import type { BusinessEvents } from '../events.ts';
import type { Relay } from '../outbox/relay.ts';
import type { Replay } from '../replay/replay.ts';
import type { Booking, Room } from '../schema.ts';
import type { NewStay, StayChange } from './fields.ts';
import type { IdempotencyKey } from './idempotency.ts';
import type { BookingPrecondition, BookingRepository, Found, WriteResult } from './repository.ts';

export interface Booked {
  booking: Booking;
  room: Room;
}

/** All methods throw DomainError; changes reject a booking that does not meet the precondition. */
export interface Bookings {
  make(stay: NewStay, idempotencyKey?: IdempotencyKey): Promise<Booked & { isNew: boolean }>;
  get(id: number): Promise<Found>;
  list(page: { after: number; limit: number }): Promise<Booking[]>;
  change(id: number, change: StayChange, precondition?: BookingPrecondition): Promise<Booked>;
  cancel(id: number, precondition?: BookingPrecondition): Promise<Booked>;
  /** Checks the guest in if cleaning reports the room clean. */
  checkIn(id: number, precondition?: BookingPrecondition): Promise<Booked>;
  /** Checks the guest out; an early check-out frees the remaining nights. */
  checkOut(id: number, precondition?: BookingPrecondition): Promise<Booked>;
  confirmCleaning(id: number, result: CleaningResult): Promise<void>;
  /** Publishes the booking's current state again, so that cleaning plans it again. */
  replan(id: number): Promise<Booked>;
}

/** Runs the transactions, then publishes their events and reports them. */
export function createBookings(deps: {
  repository: BookingRepository;
  replay: Pick<Replay, 'republish' | 'resolveOutdated'>;
  relay: Pick<Relay, 'publish'>;
  roomStates: RoomStates;
  businessEvents: BusinessEvents;
  /** Measures an event that cleaning has confirmed for the first time; `time` is when it was written. */
  measurePlanned: (event: { type: string; time: string }) => void;
  today: () => string;
  /** The trace of the current request. */
  traceparent: () => string | undefined;
}): Bookings {
  const { repository, replay, relay, roomStates, businessEvents, measurePlanned, today, traceparent } = deps;

  function done({ booking, room, events }: WriteResult, report: (booking: Booking, room: string) => void): Booked {
    relay.publish(events);
    report(booking, room.number);
    return { booking, room };
  }

  return {
    async make(stay, idempotencyKey) {
      const written = await repository.create(stay, idempotencyKey);
      const isNew = written.events.length > 0;
      return { ...done(written, isNew ? businessEvents.bookingMade : businessEvents.bookingMadeBefore), isNew };
    },
    get: (id) => repository.get(id),
    list: (page) => repository.list(page),
    async change(id, change, precondition) {
      const written = await repository.change(id, change, precondition);
      return done(written, written.events.length > 0 ? businessEvents.bookingChanged : businessEvents.bookingUnchanged);
    },
    cancel: async (id, precondition) =>
      done(await repository.cancel(id, precondition), businessEvents.bookingCancelled),
    async checkIn(id, precondition) {
      const arrival = await repository.prepareCheckIn(id, precondition);
      const { room } = arrival;
      if ((await roomStates.read(room.id)) !== 'clean') {
        throw new DomainError('room_not_clean', `room ${room.number} is not clean yet`);
      }
      return done(await repository.checkIn(arrival), businessEvents.guestCheckedIn);
    },
    checkOut: async (id, precondition) =>
      done(await repository.checkOut(id, today(), precondition), businessEvents.guestCheckedOut),
    async confirmCleaning(id, result) {
      if (result.result === 'outdated') {
        await repository.requireOwnEvent(id, result.event_id);
        await replay.resolveOutdated(result);
      } else {
        const planned = await repository.confirmCleaning(id, result, traceparent());
        if (planned) measurePlanned(planned);
      }
      businessEvents.cleaningConfirmed(id, result.revision, result.result);
    },
    replan: async (id) => done(await replay.republish(id), businessEvents.bookingPublishedAgain),
  };
}
