/**
 * Every attribute name this repository writes, in one place. Stable names follow
 * https://opentelemetry.io/docs/specs/semconv/ (1.45); `messaging.*` is still in development there, so its names are
 * spelled here and not imported from an unstable entry point. Names of our own start with `hotel.`.
 */
export {
  ATTR_CLIENT_ADDRESS,
  ATTR_DB_NAMESPACE,
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

export const ATTR_MESSAGING_SYSTEM = 'messaging.system';
export const ATTR_MESSAGING_DESTINATION_NAME = 'messaging.destination.name';
export const ATTR_MESSAGING_OPERATION_NAME = 'messaging.operation.name';
export const ATTR_MESSAGING_OPERATION_TYPE = 'messaging.operation.type';
export const ATTR_MESSAGING_MESSAGE_ID = 'messaging.message.id';
export const ATTR_MESSAGING_CONVERSATION_ID = 'messaging.message.conversation_id';
/** A custom value, as the conventions allow for systems they do not list. */
export const MESSAGING_SYSTEM_BULLMQ = 'bullmq';

/** The number on the door, as text: `"101"`. */
export const ATTR_ROOM_NUMBER = 'hotel.room.number';
/** The revision of the booking that an event speaks of. */
export const ATTR_BOOKING_REVISION = 'hotel.booking.revision';
/** 1 for the first time a job is processed, 2 for the first retry. */
export const ATTR_JOB_ATTEMPT = 'hotel.job.attempt';
/** Milliseconds between the job's entry into the queue and the start of this attempt. */
export const ATTR_QUEUE_WAIT_MS = 'hotel.queue.wait_ms';
/** On the COMMIT of a write: how many writes share it. Not set on one that is alone. */
export const ATTR_COMMIT_WRITES = 'hotel.commit.writes';
/** How often the write lock of the database was asked for. */
export const ATTR_LOCK_ATTEMPTS = 'hotel.lock.attempts';
/** Set on `send` from the second time on that the outbox publishes a row. */
export const ATTR_OUTBOX_ATTEMPT = 'hotel.outbox.attempt';
/** True when the consumer has seen the event before: confirmed again, not applied again. */
export const ATTR_DUPLICATE = 'hotel.duplicate';
/** On a link: why it is there. Without it, it is the link to the message's producer. */
export const ATTR_LINK_REASON = 'hotel.link.reason';
/** The span that is linked to is the failed attempt that this one repeats. */
export const LINK_REASON_REDRIVE = 'redrive';
/** Why a message was given up, in one of a few words. */
export const ATTR_DEAD_LETTER_REASON = 'hotel.dead_letter.reason';
/** Prefix of the attributes that allow-listed baggage becomes. */
export const BAGGAGE_ATTRIBUTE_PREFIX = 'hotel.baggage.';
/** The span event that says a consumer holds a message; its payload is not recorded. */
export const EVENT_MESSAGE_RECEIVED = 'message.received';
/** The span event of a last attempt: the message goes to the dead letters. */
export const EVENT_MESSAGE_DEAD = 'message.dead_lettered';
