import type { BookingEvent } from '@hotel/contracts';
import type { Logger } from '@hotel/log';
import {
  ATTR_BOOKING_REVISION,
  ATTR_DUPLICATE,
  ATTR_ROOM_NUMBER,
  annotate,
  EVENT_CLEANING_DUPLICATE,
  EVENT_CLEANING_OUTDATED,
  EVENT_CLEANING_PLANNED,
  EVENT_ROOM_CLEANED,
  EVENT_ROOM_DECLARED_CLEAN,
} from '@hotel/telemetry';
import type { Task } from './schema.ts';

/** This service's business events, one function each. Each logs and annotates the active span; none can throw. */
export interface BusinessEvents {
  applied(event: BookingEvent): void;
  /** A later revision is already planned; nothing changes. */
  outdated(event: BookingEvent): void;
  /** The event has already been processed; it is only confirmed again. */
  duplicate(event: BookingEvent): void;
  taskDone(task: Task): void;
  /** A person declared the room clean, regardless of open tasks. */
  roomDeclaredClean(roomId: number): void;
}

export function createBusinessEvents(log: Logger): BusinessEvents {
  const logEvent = (event_name: string, message: string) => (event: BookingEvent) => {
    const { booking_id, revision, room } = event.data;
    annotate({ [ATTR_ROOM_NUMBER]: room, [ATTR_BOOKING_REVISION]: revision });
    log.info({ event_name, event_id: event.id, event: event.type, booking_id, revision, room }, message);
  };
  const logDuplicate = logEvent(EVENT_CLEANING_DUPLICATE, 'duplicate event confirmed again');
  return {
    applied: logEvent(EVENT_CLEANING_PLANNED, 'cleaning planned'),
    outdated: logEvent(EVENT_CLEANING_OUTDATED, 'event is outdated: a later revision is planned'),
    duplicate(event) {
      annotate({ [ATTR_DUPLICATE]: true });
      logDuplicate(event);
    },
    roomDeclaredClean(room_id) {
      log.info({ event_name: EVENT_ROOM_DECLARED_CLEAN, room_id }, 'room declared clean');
    },
    taskDone({ id, booking_id, day, room, final }) {
      annotate({ [ATTR_ROOM_NUMBER]: room });
      const message = final === 1 ? 'room is clean again' : 'room cleaned';
      log.info({ event_name: EVENT_ROOM_CLEANED, task_id: id, booking_id, day, room, final }, message);
    },
  };
}
