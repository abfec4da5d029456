// Generated from telemetry/registry by `pnpm generate`.
export {
  ATTR_CLIENT_ADDRESS,
  ATTR_DB_NAMESPACE,
  ATTR_DB_OPERATION_NAME,
  ATTR_DB_QUERY_SUMMARY,
  ATTR_DB_QUERY_TEXT,
  ATTR_DB_RESPONSE_STATUS_CODE,
  ATTR_DB_SYSTEM_NAME,
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_REQUEST_METHOD_ORIGINAL,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_NETWORK_PROTOCOL_VERSION,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_URL_FULL,
  ATTR_URL_PATH,
  ATTR_URL_SCHEME,
  ATTR_USER_AGENT_ORIGINAL,
} from '@opentelemetry/semantic-conventions';

/** In development in the conventions. */
export const ATTR_MESSAGING_DESTINATION_NAME = 'messaging.destination.name';
export const ATTR_MESSAGING_MESSAGE_CONVERSATION_ID = 'messaging.message.conversation_id';
export const ATTR_MESSAGING_MESSAGE_ID = 'messaging.message.id';
export const ATTR_MESSAGING_OPERATION_NAME = 'messaging.operation.name';
export const ATTR_MESSAGING_OPERATION_TYPE = 'messaging.operation.type';
export const ATTR_MESSAGING_SYSTEM = 'messaging.system';

/** The booking's id. */
export const ATTR_BOOKING_ID = 'hotel.booking.id';
/** The room's id in the API. */
export const ATTR_ROOM_ID = 'hotel.room.id';
/** The room's number, as on its door. */
export const ATTR_ROOM_NUMBER = 'hotel.room.number';
/** The booking's revision after the request, or the revision in the event. */
export const ATTR_BOOKING_REVISION = 'hotel.booking.revision';
/** The type of the event from dispo. */
export const ATTR_EVENT_TYPE = 'hotel.event.type';
/** What became of an event. */
export const ATTR_CLEANING_RESULT = 'hotel.cleaning.result';
/** The task of the cleaning plan. */
export const ATTR_TASK_ID = 'hotel.task.id';
/** The day of the task. */
export const ATTR_TASK_DAY = 'hotel.task.day';
/** 1 for the final clean after check-out, otherwise 0. */
export const ATTR_TASK_FINAL = 'hotel.task.final';
/** The attempt's number, 1 for the first. */
export const ATTR_JOB_ATTEMPT = 'hotel.job.attempt';
/** Where a job is, in metrics. */
export const ATTR_JOB_STATE = 'hotel.job.state';
/** Milliseconds from when the job was due until this attempt began. */
export const ATTR_QUEUE_WAIT_MS = 'hotel.queue.wait_ms';
/** How many times the outbox has published the event. Not set the first time. */
export const ATTR_OUTBOX_ATTEMPT = 'hotel.outbox.attempt';
/** The event was applied before; the consumer only confirms it again. */
export const ATTR_DUPLICATE = 'hotel.duplicate';
/** The link's purpose. A link without it leads to the message's producer. */
export const ATTR_LINK_REASON = 'hotel.link.reason';
/** Why a message became a dead letter. */
export const ATTR_DEAD_LETTER_REASON = 'hotel.dead_letter.reason';
/** Number of writes that share the commit. Not set for a single write. */
export const ATTR_COMMIT_WRITES = 'hotel.commit.writes';
/** Attempts to get the write lock while another process held it. */
export const ATTR_LOCK_ATTEMPTS = 'hotel.lock.attempts';
/** The value of the baggage entry `<key>`, cut to 128 characters. */
export const ATTR_BAGGAGE = (key: string) => `hotel.baggage.${key}`;

/** The consumer has received the message. Its content is not recorded. */
export const EVENT_MESSAGE_RECEIVED = 'message.received';
/** The last attempt failed; the message becomes a dead letter. */
export const EVENT_MESSAGE_DEAD_LETTERED = 'message.dead_lettered';
/** A booking was made. */
export const EVENT_BOOKING_MADE = 'hotel.booking.made';
/** A repeated request returned the booking that its Idempotency-Key had made. */
export const EVENT_BOOKING_REPEATED = 'hotel.booking.repeated';
/** A booking was changed. */
export const EVENT_BOOKING_CHANGED = 'hotel.booking.changed';
/** A request set the values that the booking already had. */
export const EVENT_BOOKING_UNCHANGED = 'hotel.booking.unchanged';
/** A booking was cancelled. */
export const EVENT_BOOKING_CANCELLED = 'hotel.booking.cancelled';
/** The events of a booking were published again on request. */
export const EVENT_BOOKING_PUBLISHED_AGAIN = 'hotel.booking.published_again';
/** A guest checked in. */
export const EVENT_GUEST_CHECKED_IN = 'hotel.guest.checked_in';
/** A guest checked out. */
export const EVENT_GUEST_CHECKED_OUT = 'hotel.guest.checked_out';
/** cleaning has later revisions than the database, which was restored from a backup. */
export const EVENT_HISTORY_CONFLICT = 'hotel.history.conflict';
/** cleaning confirmed to dispo what became of an event. */
export const EVENT_CLEANING_CONFIRMED = 'hotel.cleaning.confirmed';
/** The cleaning of a booking was planned. */
export const EVENT_CLEANING_PLANNED = 'hotel.cleaning.planned';
/** A later revision of the booking was already planned. */
export const EVENT_CLEANING_OUTDATED = 'hotel.cleaning.outdated';
/** An event that had been applied before was confirmed again. */
export const EVENT_CLEANING_DUPLICATE = 'hotel.cleaning.duplicate';
/** A task of the cleaning plan was done. */
export const EVENT_ROOM_CLEANED = 'hotel.room.cleaned';
/** A person declared a room clean. */
export const EVENT_ROOM_DECLARED_CLEAN = 'hotel.room.declared_clean';
/** An attempt at a message failed. */
export const EVENT_MESSAGE_FAILED = 'message.failed';
