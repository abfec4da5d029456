import type { BookingEvent } from '@hotel/contracts';
import type { Logger } from '@hotel/log';
import { ATTR_BOOKING_REVISION, ATTR_DUPLICATE, ATTR_ROOM_NUMBER, annotate } from '@hotel/telemetry';
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
  const logEvent = (message: string) => (event: BookingEvent) => {
    const { booking_id, revision, room } = event.data;
    annotate({ [ATTR_ROOM_NUMBER]: room, [ATTR_BOOKING_REVISION]: revision });
    log.info({ event_id: event.id, event: event.type, booking_id, revision, room }, message);
  };
  const logDuplicate = logEvent('duplicate event confirmed again');
  return {
    applied: logEvent('cleaning planned'),
    outdated: logEvent('event is outdated: a later revision is planned'),
    duplicate(event) {
      annotate({ [ATTR_DUPLICATE]: true });
      logDuplicate(event);
    },
    roomDeclaredClean(room_id) {
      log.info({ room_id }, 'room declared clean');
    },
    taskDone({ id, booking_id, day, room, final }) {
      annotate({ [ATTR_ROOM_NUMBER]: room });
      log.info({ task_id: id, booking_id, day, room, final }, final === 1 ? 'room is clean again' : 'room cleaned');
    },
  };
}
