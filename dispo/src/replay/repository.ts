import { createEventWriter, currentType } from '../bookings/event.ts';
import type { WriteResult } from '../bookings/repository.ts';
import { DomainError } from '../errors.ts';
import type { EventContext, OutboxStore, PendingEvent } from '../outbox/store.ts';
import type { Booking, DispoDatabase } from '../schema.ts';
import { type FullBooking, prepareReplayStatements } from './statements.ts';

/** Upper bound on unconfirmed events: a replay pauses there, so that it does not fill the outbox. */
const MAX_UNCONFIRMED = 1_000;
const PAGE = 100;
/** Replayed events have no request, so each starts its own trace. */
const NO_CONTEXT: EventContext = {};

export interface Page {
  events: PendingEvent[];
  /** The last published booking; the next page starts after it. */
  after: number;
  isLast: boolean;
}

/** Publishes the current state of bookings again. All methods throw DomainError. */
export interface ReplayRepository {
  /** Publishes the current revision of a booking again, unless it is already pending. */
  republish(id: number): Promise<WriteResult>;
  /** Publishes one page of bookings after `after`; none while too many events are unconfirmed. */
  page(after: number): Promise<Page>;
  /** Counts unconfirmed events of this epoch. */
  unconfirmed(): Promise<number>;
  /** Whether the outbox holds this event, of the current epoch and its booking's current revision. */
  isCurrent(eventId: string): Promise<boolean>;
  /**
   * Deletes an outdated event from the outbox. Publishes the booking again if the event was of its current revision.
   */
  settleOutdated(eventId: string): Promise<PendingEvent[]>;
}

export function createReplayRepository(database: DispoDatabase, store: OutboxStore): ReplayRepository {
  const statements = prepareReplayStatements(database);
  const writeEvent = createEventWriter(store);

  function* findEvent(id: string) {
    const event = yield* statements.findEvent(id);
    const found = event && (yield* statements.findAndLock(event.booking_id));
    return event && found && { event, ...found };
  }

  // Events dead-lettered before the replay began do not count.
  function* countUnconfirmed() {
    return yield* statements.countEvents(yield* database.currentEpoch());
  }

  function* isUnconfirmed({ id, revision }: Booking) {
    const current = yield* database.currentEpoch();
    const events = yield* statements.eventsOf(id);
    return events.some((event) => event.revision === revision && event.epoch === current);
  }

  function* publish({ booking, room, departed }: FullBooking, context?: EventContext) {
    const { id } = booking;
    if (booking.cleaning !== 'failed' && (yield* isUnconfirmed(booking))) return { booking, room, events: [] };
    // The new event replaces the dead letter; redriving that later has no effect.
    if (booking.cleaning === 'failed') yield* statements.removeEventsOf(id);
    yield* statements.setPending(id);
    const pending: Booking = { ...booking, cleaning: 'pending' };
    const event = yield* writeEvent(currentType(pending), { booking: pending, room, departed }, context);
    return { booking: pending, room, events: [event] };
  }

  return {
    republish: (id) =>
      database.write(function* () {
        const found = yield* statements.findAndLock(id);
        if (!found) throw new DomainError('booking_not_found', `there is no booking ${id}`);
        return yield* publish(found);
      }),
    page: (after) =>
      database.write(function* () {
        if ((yield* countUnconfirmed()) >= MAX_UNCONFIRMED) return { events: [], after, isLast: false };
        const found = yield* statements.list({ after, limit: PAGE });
        const events: PendingEvent[] = [];
        for (const booking of found) events.push(...(yield* publish(booking, NO_CONTEXT)).events);
        return { events, after: found.at(-1)?.booking.id ?? after, isLast: found.length < PAGE };
      }),
    unconfirmed: () => database.read(countUnconfirmed),
    isCurrent: (eventId) =>
      database.read(function* () {
        const found = yield* findEvent(eventId);
        if (!found || found.event.revision !== found.booking.revision) return false;
        return found.event.epoch === (yield* database.currentEpoch());
      }),
    settleOutdated: (eventId) =>
      database.write(function* () {
        const found = yield* findEvent(eventId);
        if (!found) return [];
        yield* statements.removeEvent(eventId);
        if (found.event.revision !== found.booking.revision) return [];
        return (yield* publish({ ...found, booking: { ...found.booking, cleaning: 'pending' } })).events;
      }),
  };
}
