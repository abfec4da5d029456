import type { CleaningResult } from '@hotel/contracts';
import { captureContext } from '@hotel/telemetry';
import type { RoomStates } from '../cleaning/room-states.ts';
import { DomainError } from '../errors.ts';
import type { Facts } from '../events.ts';
import type { Relay } from '../outbox/relay.ts';
import type { Replay } from '../replay/replay.ts';
import type { Booking, Room } from '../schema.ts';
import type { IdempotencyKey } from './idempotency.ts';
import type { BookingRepository, ExpectedBooking, Found, Stay, Written } from './repository.ts';

export interface Booked {
  booking: Booking;
  room: Room;
}

/** All methods throw DomainError; changes reject a booking that is not as `expected`. */
export interface Bookings {
  make(stay: Stay, idempotencyKey?: IdempotencyKey): Promise<Booked & { isNew: boolean }>;
  get(id: number): Promise<Found>;
  list(page: { after: number; limit: number }): Promise<Booking[]>;
  change(id: number, change: { [K in keyof Stay]?: Stay[K] | undefined }, expected?: ExpectedBooking): Promise<Booked>;
  cancel(id: number, expected?: ExpectedBooking): Promise<Booked>;
  /** Checks the guest in if cleaning reports the room clean. */
  checkIn(id: number, expected?: ExpectedBooking): Promise<Booked>;
  /** Checks the guest out; an early check-out frees the remaining nights. */
  checkOut(id: number, expected?: ExpectedBooking): Promise<Booked>;
  confirmCleaning(id: number, result: CleaningResult): Promise<void>;
  /** Publishes the booking's current state again, so that cleaning plans it again. */
  replan(id: number): Promise<Booked>;
}

/** Runs the transactions; then publishes their events and records business events. */
export function createBookings(deps: {
  repository: BookingRepository;
  replay: Pick<Replay, 'again' | 'noteOutdated'>;
  relay: Pick<Relay, 'publish'>;
  roomStates: RoomStates;
  facts: Facts;
  today: () => string;
}): Bookings {
  const { repository, replay, relay, roomStates, facts, today } = deps;

  function done({ booking, room, events }: Written, tell: (booking: Booking, room: string) => void): Booked {
    relay.publish(events);
    tell(booking, room.number);
    return { booking, room };
  }

  return {
    async make(stay, idempotencyKey) {
      const written = await repository.create(stay, idempotencyKey);
      const isNew = written.events.length > 0;
      return { ...done(written, isNew ? facts.bookingMade : facts.bookingMadeBefore), isNew };
    },
    get: (id) => repository.get(id),
    list: (page) => repository.list(page),
    async change(id, change, expected) {
      const written = await repository.change(id, change, expected);
      return done(written, written.events.length > 0 ? facts.bookingChanged : facts.bookingUnchanged);
    },
    cancel: async (id, expected) => done(await repository.cancel(id, expected), facts.bookingCancelled),
    async checkIn(id, expected) {
      const arrival = await repository.prepareCheckIn(id, expected);
      const { room } = arrival;
      if ((await roomStates.ask(room.id)) !== 'clean') {
        throw new DomainError('room_not_clean', `room ${room.number} is not clean yet`);
      }
      return done(await repository.checkIn(arrival), facts.guestCheckedIn);
    },
    checkOut: async (id, expected) => done(await repository.checkOut(id, today(), expected), facts.guestCheckedOut),
    async confirmCleaning(id, result) {
      if (result.result === 'outdated') {
        await repository.requireOwnEvent(id, result.event_id);
        await replay.noteOutdated(result);
      } else await repository.confirmCleaning(id, result, captureContext().traceparent);
      facts.cleaningConfirmed(id, result.revision, result.result);
    },
    replan: async (id) => done(await replay.again(id), facts.bookingPublishedAgain),
  };
}
