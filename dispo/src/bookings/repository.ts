import { createHash } from 'node:crypto';
import { type CleaningResult, dayOf, type EventType, MAX_NIGHTS, nightsOf } from '@hotel/contracts';
import { lastly, type Request, together } from '@hotel/database';
import { DomainError } from '../errors.ts';
import type { RemovedEvent } from '../outbox/statements.ts';
import type { OutboxStore, PendingEvent } from '../outbox/store.ts';
import type { Booking, DispoDatabase, Room } from '../schema.ts';
import { createEventWriter } from './event.ts';
import { changedStay, completeStay, isSameStay, type NewStay, type Stay, type StayChange, stayText } from './fields.ts';
import { createIdempotencyKeys, type IdempotencyKey, type Remembered } from './idempotency.ts';
import { type BookingStatements, type Guest, prepareBookingStatements } from './statements.ts';
import { departure, requireNoOverstay, requireVacant } from './stay.ts';

/** The result of a transaction: the booking, its room, and the events written with it. */
export interface WriteResult {
  booking: Booking;
  room: Room;
  events: PendingEvent[];
}

/** A booking, its room, and the traceparent of its last cleaning result. */
export interface Found {
  booking: Booking;
  room: Room;
  cleaningTraceparent: string | null;
}

/** The state that a check-in is based on. The check-in is rejected if any of it changes before the write. */
export interface Arrival {
  booking: Booking;
  room: Room;
  /** How many guests had ever checked in to the room. */
  guestsBefore: number;
}

/** A cleaning result other than `outdated`. */
export type SettledResult = Exclude<CleaningResult, { result: 'outdated' }>;

/** Whether a booking is still in the state that the caller has seen. */
export type BookingPrecondition = (booking: Booking) => boolean;

/** Each method runs its rules in one transaction. All throw DomainError. */
export interface BookingRepository {
  create(stay: NewStay, idempotencyKey?: IdempotencyKey): Promise<WriteResult>;
  get(id: number): Promise<Found>;
  list(page: { after: number; limit: number }): Promise<Booking[]>;
  /** A change without effect writes no revision and no event. */
  change(id: number, change: StayChange, precondition?: BookingPrecondition): Promise<WriteResult>;
  cancel(id: number, precondition?: BookingPrecondition): Promise<WriteResult>;
  /** Checks all rules that dispo can check. The caller must then ask cleaning. */
  prepareCheckIn(id: number, precondition?: BookingPrecondition): Promise<Arrival>;
  checkIn(arrival: Arrival): Promise<WriteResult>;
  checkOut(id: number, today: string, precondition?: BookingPrecondition): Promise<WriteResult>;
  /**
   * Stores a cleaning result unless the booking has changed since. A planned or dropped event leaves the outbox. A
   * failed event stays, and its failure is ignored once the event has been planned.
   * @returns the event, if it is planned now
   */
  confirmCleaning(
    id: number,
    result: SettledResult,
    traceparent: string | undefined,
  ): Promise<RemovedEvent | undefined>;
  /** Rejects an event that belongs to another booking. */
  requireOwnEvent(id: number, eventId: string): Promise<void>;
}

export function createBookingRepository(
  database: DispoDatabase,
  outbox: OutboxStore,
  now: () => Date,
): BookingRepository {
  const statements = prepareBookingStatements(database);
  const keys = createIdempotencyKeys(database, now);
  const writeEvent = createEventWriter(outbox);

  /** Writes the next revision of a booking and its event. */
  function* revise(
    { booking, room }: { booking: Booking; room: Room },
    change: Partial<Booking>,
    type: EventType,
    departed: string | null = null,
  ) {
    const revised: Booking = { ...booking, ...change, cleaning: 'pending', revision: booking.revision + 1 };
    yield* statements.update({ ...revised, departed });
    const event = yield* lastly(writeEvent(type, { booking: revised, room, departed }));
    return { booking: revised, room, events: [event] };
  }

  /** Returns the room if no other booking or guest holds it during the stay. @throws DomainError */
  function requireFree(
    stay: Stay,
    found: { room: Room | null; guest: Guest | null } | undefined,
    other: Booking | undefined,
    before?: Booking,
  ) {
    if (!found?.room) throw new DomainError('room_not_found', `there is no room ${stay.room_id}`);
    const { room, guest } = found;
    if (other) throw new DomainError('room_taken', `room ${room.number} is taken from ${other.start} to ${other.end}`);
    const isHeld = before?.room_id === room.id && before.start <= stay.start && stay.end <= before.end;
    if (guest && !isHeld) requireNoOverstay(room, guest, stay, dayOf(now()));
    return room;
  }

  /** Returns an unconfirmed event of this booking. @throws DomainError for an event of another booking */
  function* findOwnEvent(id: number, eventId: string) {
    const event = yield* outbox.find(eventId);
    if (event?.booking_id === id) return event;
    requireBooking(yield* statements.find(id), id);
    if (!event) return undefined;
    throw new DomainError('event_of_other_booking', `event ${eventId} is not of booking ${id}`);
  }

  // The frequent transactions are made once: each new generator function has a prototype and a hidden class of its own,
  // which cost 15 us.
  function* create(newStay: NewStay, key?: IdempotencyKey) {
    const stay = completeStay(newStay);
    // First, because it locks the room: a request with the same key that is under way has committed its key then.
    const [found, other] = yield* together(
      statements.findRoomToLet(stay.room_id),
      statements.findConflict({ ...stay, except: 0 }),
    );
    const before = key && (yield* keys.find(key));
    if (before) return yield* repeat(statements, before, hashOf(stay));
    const room = requireFree(stay, found, other);
    const booking = yield* statements.insert(stay);
    if (key) yield* keys.remember(key, { body_sha256: hashOf(stay), booking_id: booking.id });
    return {
      booking,
      room,
      events: [yield* lastly(writeEvent('booking.created', { booking, room, departed: null }))],
    };
  }

  function* confirmCleaning(id: number, { event_id, result }: SettledResult, traceparent: string | undefined) {
    const confirmed = result === 'failed' ? undefined : yield* outbox.confirm(event_id, id);
    const event = confirmed ?? (yield* findOwnEvent(id, event_id));
    // Already confirmed: the result has been stored.
    if (!event) return undefined;
    // Dropping does not change the outcome: keep the trace of the failure.
    const known = result === 'dropped' ? (yield* statements.find(id))?.cleaningTraceparent : traceparent;
    const cleaning = result === 'planned' ? 'planned' : 'failed';
    yield* lastly(statements.setCleaning({ id, revision: event.revision, cleaning, traceparent: known ?? undefined }));
    return result === 'planned' ? confirmed : undefined;
  }

  return {
    create: (stay, key) => database.write(() => create(stay, key)),
    get: (id) =>
      database.read(function* () {
        const found = yield* statements.find(id);
        if (!found) throw noBooking(id);
        return found;
      }),
    list: (page) =>
      database.read(function* () {
        return yield* statements.list(page);
      }),
    change: (id, change, precondition) =>
      database.write(function* () {
        const found = requireBooked(yield* statements.findToChange(id, change.room_id), id, precondition);
        const { booking } = found;
        const stay = changedStay(booking, change);
        if (stay.end <= stay.start)
          throw new DomainError('stay_not_valid', `end (${stay.end}) must be after start (${stay.start})`);
        if (nightsOf(stay) > MAX_NIGHTS)
          throw new DomainError('stay_not_valid', `a stay may have ${MAX_NIGHTS} nights at most`);
        const other = yield* statements.findConflict({ ...stay, except: booking.id });
        const room = requireFree(stay, found, other, booking);
        if (isSameStay(stay, booking)) return { booking, room, events: [] };
        return yield* revise({ booking, room }, stay, 'booking.changed');
      }),
    cancel: (id, precondition) =>
      database.write(function* () {
        const found = requireBooked(yield* statements.findAndLock(id), id, precondition);
        return yield* revise(found, { status: 'cancelled' }, 'booking.cancelled');
      }),
    prepareCheckIn: (id, precondition) =>
      database.read(function* () {
        const { booking, room, guests } = requireBooked(yield* statements.findArrival(id), id, precondition);
        requireVacant(room, guests);
        return { booking, room, guestsBefore: guests.count };
      }),
    checkIn: ({ booking, room, guestsBefore }) =>
      database.write(
        function* () {
          const { id, revision } = booking;
          // cleaning answered for an earlier state of the room: another guest may have come and gone since.
          if (!(yield* statements.checkIn({ id, revision, guests: guestsBefore }))) {
            const now = requireBooked(yield* statements.findArrival(id), id);
            requireVacant(now.room, now.guests);
            throw new DomainError(
              'booking_changed_meanwhile',
              `booking ${id} or its room has changed in the meantime; try again`,
            );
          }
          const arrived: Booking = { ...booking, status: 'checked_in', cleaning: 'pending', revision: revision + 1 };
          const event = yield* lastly(writeEvent('booking.checked_in', { booking: arrived, room, departed: null }));
          return { booking: arrived, room, events: [event] };
        },
        // Its update counts the guests of the room, which are other bookings.
        { isSerializable: true },
      ),
    checkOut: (id, today, precondition) =>
      database.write(function* () {
        const found = requireBooking(yield* statements.findAndLock(id), id, precondition);
        const { booking } = found;
        if (booking.status !== 'checked_in') {
          throw new DomainError('guest_not_here', `booking ${id} is ${statusText(booking)}: no guest can check out`);
        }
        const end = departure(booking, today);
        const departed = today === end ? null : today;
        return yield* revise(found, { status: 'checked_out', end }, 'booking.checked_out', departed);
      }),
    confirmCleaning: (id, result, traceparent) => database.write(() => confirmCleaning(id, result, traceparent)),
    requireOwnEvent: (id, eventId) =>
      database.read(function* () {
        yield* findOwnEvent(id, eventId);
      }),
  };
}

function hashOf(stay: Stay): string {
  return createHash('sha256').update(stayText(stay)).digest('hex');
}

/** Returns the booking that this key created, and writes nothing. */
function* repeat(
  statements: BookingStatements,
  before: Remembered,
  bodySha256: string,
): Generator<Request, WriteResult, unknown> {
  if (before.body_sha256 !== bodySha256) {
    throw new DomainError('idempotency_key_reused', 'this Idempotency-Key was used for another booking; use a new key');
  }
  const { booking, room } = requireBooking(yield* statements.find(before.booking_id), before.booking_id);
  return { booking, room, events: [] };
}

function requireBooking<F extends { booking: Booking }>(
  found: F | undefined,
  id: number,
  precondition?: BookingPrecondition,
): F {
  if (!found) throw noBooking(id);
  if (precondition && !precondition(found.booking)) {
    const { revision } = found.booking;
    throw new DomainError('changed_since', `booking ${id} has been changed since: its revision is ${revision}`);
  }
  return found;
}

function noBooking(id: number): DomainError {
  return new DomainError('booking_not_found', `there is no booking ${id}`);
}

function requireBooked<F extends { booking: Booking }>(
  found: F | undefined,
  id: number,
  precondition?: BookingPrecondition,
): F {
  const required = requireBooking(found, id, precondition);
  if (required.booking.status !== 'booked') {
    throw new DomainError(
      'booking_closed',
      `booking ${id} is ${statusText(required.booking)}: only a booking with the status booked can be changed, cancelled or checked in`,
    );
  }
  return required;
}

function statusText({ status }: Booking): string {
  return status.replace('_', ' ');
}
