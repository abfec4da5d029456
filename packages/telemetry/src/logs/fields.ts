import { ATTR_EXCEPTION_MESSAGE } from '@opentelemetry/semantic-conventions';
import {
  ATTR_BOOKING_ID,
  ATTR_BOOKING_REVISION,
  ATTR_CLEANING_RESULT,
  ATTR_DEAD_LETTER_REASON,
  ATTR_EVENT_TYPE,
  ATTR_JOB_ATTEMPT,
  ATTR_MESSAGING_MESSAGE_ID,
  ATTR_ROOM_ID,
  ATTR_ROOM_NUMBER,
  ATTR_TASK_DAY,
  ATTR_TASK_FINAL,
  ATTR_TASK_ID,
} from '../attributes.ts';

const attributeOf: Readonly<Record<string, string>> = {
  attempt: ATTR_JOB_ATTEMPT,
  attempts: ATTR_JOB_ATTEMPT,
  booking_id: ATTR_BOOKING_ID,
  day: ATTR_TASK_DAY,
  error: ATTR_EXCEPTION_MESSAGE,
  event: ATTR_EVENT_TYPE,
  event_id: ATTR_MESSAGING_MESSAGE_ID,
  final: ATTR_TASK_FINAL,
  job_id: ATTR_MESSAGING_MESSAGE_ID,
  reason: ATTR_DEAD_LETTER_REASON,
  result: ATTR_CLEANING_RESULT,
  revision: ATTR_BOOKING_REVISION,
  room: ATTR_ROOM_NUMBER,
  room_id: ATTR_ROOM_ID,
  task_id: ATTR_TASK_ID,
};

/** The attribute of each field in the lines of events, so that events, spans and metrics share their vocabulary. */
export const EVENT_FIELDS: ReadonlyMap<string, string> = new Map(Object.entries(attributeOf));
