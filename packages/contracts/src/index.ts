export {
  type BookingEvent,
  type BookingFacts,
  bookingSubject,
  CLEANING_QUEUE,
  dateSchema,
  type EventType,
  eventSchema,
  eventTypes,
} from './events.ts';
export {
  type CleaningResult,
  cleaningResultPath,
  cleaningResultSchema,
  type RoomState,
  roomStatePath,
  roomStateSchema,
} from './internal-http.ts';
