import {
  ATTR_DB_NAMESPACE,
  ATTR_DB_QUERY_SUMMARY,
  ATTR_DB_RESPONSE_STATUS_CODE,
  ATTR_DB_SYSTEM_NAME,
  ATTR_DEAD_LETTER_REASON,
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_JOB_ATTEMPT,
  ATTR_JOB_STATE,
  ATTR_MESSAGING_DESTINATION_NAME,
  ATTR_MESSAGING_OPERATION_NAME,
  ATTR_MESSAGING_OPERATION_TYPE,
  ATTR_MESSAGING_SYSTEM,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_URL_SCHEME,
} from '../attributes.ts';

/** A metric's definition. `docs/metrics.md` shows the same; a test compares them. */
export interface MetricSpec {
  name: string;
  kind: 'histogram' | 'counter' | 'up-down counter' | 'gauge';
  /** UCUM: `s`, `By`, `{thing}`. */
  unit: string;
  description: string;
  /** All possible attributes. */
  attributes: readonly string[];
  /** Upper bounds of a histogram's buckets. */
  boundaries?: number[];
}

/** In development in the conventions. */
export const ATTR_CLOUDEVENTS_EVENT_TYPE = 'cloudevents.event_type';
export const ATTR_V8JS_HEAP_SPACE_NAME = 'v8js.heap.space.name';

/** From https://opentelemetry.io/docs/specs/semconv/http/http-metrics/; also used for a job's run time. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
/** From https://opentelemetry.io/docs/specs/semconv/database/database-metrics/. */
const DATABASE_SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];
/** A healthy queue is fast; a backlog takes minutes. An objective of deploy/components/alerts is at 30 s. */
const WAIT_SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1_800];

const message = [ATTR_MESSAGING_SYSTEM, ATTR_MESSAGING_DESTINATION_NAME];
const processing = [...message, ATTR_MESSAGING_OPERATION_NAME];

/** All our metrics. Standard names come first, as for attributes. */
export const metricTable = {
  httpServerDuration: {
    name: 'http.server.request.duration',
    kind: 'histogram',
    unit: 's',
    description: 'Duration of requests to this process, until the response is complete',
    attributes: [
      ATTR_HTTP_REQUEST_METHOD,
      ATTR_URL_SCHEME,
      ATTR_HTTP_ROUTE,
      ATTR_HTTP_RESPONSE_STATUS_CODE,
      ATTR_ERROR_TYPE,
    ],
    boundaries: SECONDS,
  },
  httpClientDuration: {
    name: 'http.client.request.duration',
    kind: 'histogram',
    unit: 's',
    description: 'Duration of requests to other services, until the response has been read',
    attributes: [
      ATTR_HTTP_REQUEST_METHOD,
      ATTR_SERVER_ADDRESS,
      ATTR_SERVER_PORT,
      ATTR_HTTP_RESPONSE_STATUS_CODE,
      ATTR_ERROR_TYPE,
    ],
    boundaries: SECONDS,
  },
  dbOperationDuration: {
    name: 'db.client.operation.duration',
    kind: 'histogram',
    unit: 's',
    description: 'Duration of database statements, inside and outside of traces',
    attributes: [
      ATTR_DB_SYSTEM_NAME,
      ATTR_DB_NAMESPACE,
      ATTR_DB_QUERY_SUMMARY,
      ATTR_DB_RESPONSE_STATUS_CODE,
      ATTR_ERROR_TYPE,
    ],
    boundaries: DATABASE_SECONDS,
  },
  sendDuration: {
    name: 'messaging.client.operation.duration',
    kind: 'histogram',
    unit: 's',
    description: 'Duration of handing messages to the queue',
    attributes: [...processing, ATTR_MESSAGING_OPERATION_TYPE, ATTR_ERROR_TYPE],
    boundaries: SECONDS,
  },
  sentMessages: {
    name: 'messaging.client.sent.messages',
    kind: 'counter',
    unit: '{message}',
    description: 'Messages that the queue accepted or rejected',
    attributes: [...processing, ATTR_ERROR_TYPE],
  },
  consumedMessages: {
    name: 'messaging.client.consumed.messages',
    kind: 'counter',
    unit: '{message}',
    description: 'Messages that the queue delivered, counted once per attempt',
    attributes: processing,
  },
  processDuration: {
    name: 'messaging.process.duration',
    kind: 'histogram',
    unit: 's',
    description: 'Duration of attempts at jobs',
    attributes: [...processing, ATTR_ERROR_TYPE],
    boundaries: SECONDS,
  },
  queueWait: {
    name: 'hotel.queue.wait.duration',
    kind: 'histogram',
    unit: 's',
    description: 'Time from when a job was due until an attempt at it began; negative values are not recorded',
    attributes: message,
    boundaries: WAIT_SECONDS,
  },
  jobAttempts: {
    name: 'hotel.job.attempts',
    kind: 'counter',
    unit: '{attempt}',
    description: 'Attempts at jobs by their number: 1 is the first, 10 the tenth and all later ones',
    attributes: [...message, ATTR_JOB_ATTEMPT, ATTR_ERROR_TYPE],
  },
  deadLetters: {
    name: 'hotel.dead_letters.added',
    kind: 'counter',
    unit: '{message}',
    description: 'Messages that became dead letters',
    attributes: [...message, ATTR_DEAD_LETTER_REASON],
  },
  deadLettersWaiting: {
    name: 'hotel.dead_letters.waiting',
    kind: 'gauge',
    unit: '{message}',
    description: 'Dead letters that have not been redriven or dropped',
    attributes: message,
  },
  queueDepth: {
    name: 'hotel.queue.depth',
    kind: 'gauge',
    unit: '{message}',
    description: 'Jobs in the queue: waiting, active, or delayed until their next attempt',
    attributes: [...message, ATTR_JOB_STATE],
  },
  queueOldestAge: {
    name: 'hotel.queue.oldest.age',
    kind: 'gauge',
    unit: 's',
    description: 'Time since the oldest waiting job was added; 0 if none waits',
    attributes: message,
  },
  outboxAdded: {
    name: 'hotel.outbox.added',
    kind: 'counter',
    unit: '{event}',
    description: 'Events written to the outbox',
    attributes: [ATTR_CLOUDEVENTS_EVENT_TYPE],
  },
  outboxConfirmation: {
    name: 'hotel.outbox.confirmation.duration',
    kind: 'histogram',
    unit: 's',
    description: 'Time from when an event was written to the outbox until the consumer confirmed its effect',
    attributes: [ATTR_CLOUDEVENTS_EVENT_TYPE],
    boundaries: WAIT_SECONDS,
  },
  outboxDepth: {
    name: 'hotel.outbox.depth',
    kind: 'gauge',
    unit: '{event}',
    description: 'Events in the outbox that the consumer has not confirmed',
    attributes: [],
  },
  outboxOldestAge: {
    name: 'hotel.outbox.oldest.age',
    kind: 'gauge',
    unit: 's',
    description: 'Age of the oldest event in the outbox; 0 if the outbox is empty',
    attributes: [],
  },
  cpuTime: {
    name: 'process.cpu.time',
    kind: 'counter',
    unit: 's',
    description: 'CPU time that this process has used',
    attributes: ['cpu.mode'],
  },
  memoryUsage: {
    name: 'process.memory.usage',
    kind: 'up-down counter',
    unit: 'By',
    description: 'Resident memory of this process',
    attributes: [],
  },
  uptime: {
    name: 'process.uptime',
    kind: 'gauge',
    unit: 's',
    description: 'Time since this process started',
    attributes: [],
  },
  heapUsed: {
    name: 'v8js.memory.heap.used',
    kind: 'up-down counter',
    unit: 'By',
    description: 'Memory in use in each space of the JavaScript heap',
    attributes: [ATTR_V8JS_HEAP_SPACE_NAME],
  },
  heapLimit: {
    name: 'v8js.memory.heap.limit',
    kind: 'up-down counter',
    unit: 'By',
    description: 'Memory allocated to each space of the JavaScript heap',
    attributes: [ATTR_V8JS_HEAP_SPACE_NAME],
  },
  eventLoopTime: {
    name: 'nodejs.eventloop.time',
    kind: 'counter',
    unit: 's',
    description: 'Time for which the event loop was active or idle',
    attributes: ['nodejs.eventloop.state'],
  },
} satisfies Record<string, MetricSpec>;
