export { addDays, countDays, type Day, dayOf, daysBetween } from './calendar.ts';
export {
  DEAD_LETTER_QUEUE,
  type DeadLetter,
  type DeadReason,
  deadLetterId,
  deadLetterSchema,
  identifyEvent,
  redrivenMessage,
} from './dead-letters.ts';
export {
  type BookingEvent,
  type BookingEventData,
  bookingSubject,
  CLEANING_QUEUE,
  type EventType,
  eventSchema,
  eventTypes,
  incompatibilityOf,
} from './events.ts';
export {
  CLEANING_OVERVIEW_PATH,
  type CleaningOverview,
  type CleaningResult,
  type CleaningTask,
  cleaningOverviewSchema,
  cleaningResultPath,
  cleaningResultSchema,
  cleaningTaskSchema,
  finishTaskPath,
  type InternalTarget,
  internalCall,
  OVERVIEW_LIMIT,
  type RoomState,
  roomStatePath,
  roomStateSchema,
} from './internal-http.ts';
export { MAX_NIGHTS, nightsOf, ROOM_NUMBER } from './limits.ts';
export {
  forgottenSchema,
  type ReplayProgress,
  replayBegunSchema,
  replayEndPath,
  replayPath,
  replayProgressSchema,
  replayStepPath,
  replayStepSchema,
  staysBeforePath,
} from './replay.ts';
export { eventRetry, retryOptions } from './retry.ts';
