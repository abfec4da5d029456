// Generated from telemetry/registry by `pnpm generate`.
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

/** In development in the conventions. */
export const ATTR_MESSAGING_DESTINATION_NAME = 'messaging.destination.name';
export const ATTR_MESSAGING_MESSAGE_CONVERSATION_ID = 'messaging.message.conversation_id';
export const ATTR_MESSAGING_MESSAGE_ID = 'messaging.message.id';
export const ATTR_MESSAGING_OPERATION_NAME = 'messaging.operation.name';
export const ATTR_MESSAGING_OPERATION_TYPE = 'messaging.operation.type';
export const ATTR_MESSAGING_SYSTEM = 'messaging.system';

/** The number on the door of the room. */
export const ATTR_ROOM_NUMBER = 'hotel.room.number';
/** The revision of the booking that the request made or the event tells of. */
export const ATTR_BOOKING_REVISION = 'hotel.booking.revision';
/** The number of the attempt at a job, 1 for the first. */
export const ATTR_JOB_ATTEMPT = 'hotel.job.attempt';
/** Milliseconds for which the job was due before this attempt. */
export const ATTR_QUEUE_WAIT_MS = 'hotel.queue.wait_ms';
/** How many times the outbox has published the event; set from the second time on. */
export const ATTR_OUTBOX_ATTEMPT = 'hotel.outbox.attempt';
/** The consumer has seen the event before; it is confirmed again, not applied again. */
export const ATTR_DUPLICATE = 'hotel.duplicate';
/** Why the link is there. A link without it leads to the producer of the message. */
export const ATTR_LINK_REASON = 'hotel.link.reason';
/** Why a message was given up. */
export const ATTR_DEAD_LETTER_REASON = 'hotel.dead_letter.reason';
/** How many writes share the commit. Not set on the commit of a single write. */
export const ATTR_COMMIT_WRITES = 'hotel.commit.writes';
/** How often the write lock was asked for, while another process held it. */
export const ATTR_LOCK_ATTEMPTS = 'hotel.lock.attempts';
/** The value of a baggage entry, `<key>` being its key; at most 128 characters. */
export const ATTR_BAGGAGE = (key: string) => `hotel.baggage.${key}`;

/** The consumer holds the message. Its content is not recorded. */
export const EVENT_MESSAGE_RECEIVED = 'message.received';
/** The attempt was the last one; the message goes to the dead letters. */
export const EVENT_MESSAGE_DEAD_LETTERED = 'message.dead_lettered';
