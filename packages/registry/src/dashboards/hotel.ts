import type { Dashboard, Panel, Query } from './dashboard.ts';

const RATE = '$__rate_interval';

/** `sum by (labels) (rate(selector[interval]))` */
const rate = (selector: string, by: string) => `sum by (${by}) (rate(${selector}[${RATE}]))`;
/** Adds the service's name, which only `target_info` has. */
const named = (expr: string, by = 'service_name') =>
  `sum by (${by}) (${expr} * on (job, instance) group_left (service_name) target_info)`;
/** A part of a whole: 0 where the whole exists and the part does not. */
const share = (part: string, whole: string) => `(${part} or 0 * ${whole}) / ${whole}`;
const quantiles = (histogram: string, by: string, legend: string): Query[] =>
  ['0.5', '0.99'].map((q) => ({
    expr: `histogram_quantile(${q}, sum by (le, ${by}) (rate(${histogram}_bucket[${RATE}])))`,
    legend: `${legend} p${Number(q) * 100}`,
  }));
const one = (expr: string, legend: string): Query[] => [{ expr, legend }];

const SERVER = 'http_server_request_duration_seconds';
const ROUTE = 'http_request_method, http_route';
const ROUTE_LEGEND = '{{http_request_method}} {{http_route}}';
const QUEUE = 'messaging_destination_name';
const QUEUE_LEGEND = '{{messaging_destination_name}}';
const CONFIRMATION = 'hotel_outbox_confirmation_duration_seconds';

const requests: Panel[] = [
  {
    ...{ title: 'Requests per second', description: 'How many requests arrive?', unit: 'reqps' },
    queries: one(rate(`${SERVER}_count`, ROUTE), ROUTE_LEGEND),
  },
  {
    ...{ title: 'Failed requests', description: 'Which share fails because of us?', unit: 'percentunit' },
    queries: one(
      share(rate(`${SERVER}_count{error_type!~"|client_disconnected"}`, ROUTE), rate(`${SERVER}_count`, ROUTE)),
      ROUTE_LEGEND,
    ),
  },
  {
    ...{
      title: 'Duration',
      description: 'How long do requests take? A dot opens a trace.',
      unit: 's',
      exemplars: true,
    },
    queries: quantiles(SERVER, ROUTE, ROUTE_LEGEND),
  },
  {
    ...{ title: 'Duration of bookings', description: 'How are they distributed?', unit: 's' },
    kind: 'heatmap',
    queries: one(
      `sum by (le) (increase(${SERVER}_bucket{http_request_method="POST", http_route="/api/v1/bookings"}[${RATE}]))`,
      '{{le}}',
    ),
  },
  {
    ...{ title: 'Responses by status', description: 'What do clients get?', unit: 'reqps' },
    queries: one(rate(`${SERVER}_count`, 'http_response_status_code'), '{{http_response_status_code}}'),
  },
];

const dependencies: Panel[] = [
  {
    ...{ title: 'Calls to other services', description: 'Is the delay here or there?', unit: 's' },
    queries: quantiles('http_client_request_duration_seconds', 'http_request_method', '{{http_request_method}}'),
  },
  {
    ...{ title: 'Slowest statements', description: 'Which statement is slow, or is it the disk?', unit: 's' },
    queries: one(
      `topk(10, histogram_quantile(0.99, sum by (le, db_query_summary) (rate(db_client_operation_duration_seconds_bucket[${RATE}]))))`,
      '{{db_query_summary}}',
    ),
  },
];

const queue: Panel[] = [
  {
    ...{ title: 'Wait', description: 'Are there enough workers? A dot opens a trace.', unit: 's', exemplars: true },
    queries: quantiles('hotel_queue_wait_duration_seconds', QUEUE, QUEUE_LEGEND),
  },
  {
    ...{ title: 'Age of the oldest waiting job', description: 'Does the queue move?', unit: 's' },
    queries: one(`max by (${QUEUE}) (hotel_queue_oldest_age_seconds)`, QUEUE_LEGEND),
  },
  {
    ...{ title: 'Jobs by state', description: 'How many wait, run, or wait for a retry?', unit: 'short' },
    queries: one('max by (hotel_job_state) (hotel_queue_depth)', '{{hotel_job_state}}'),
  },
  {
    ...{ title: 'In and out', description: 'Do workers keep up?', unit: 'ops' },
    queries: [
      { expr: rate('messaging_client_sent_messages_total', QUEUE), legend: `${QUEUE_LEGEND} in` },
      { expr: rate('messaging_client_consumed_messages_total', QUEUE), legend: `${QUEUE_LEGEND} out` },
    ],
  },
  {
    ...{ title: 'Attempts by number', description: 'How many jobs need more than one attempt?', unit: 'ops' },
    queries: one(rate('hotel_job_attempts_total', 'hotel_job_attempt'), 'attempt {{hotel_job_attempt}}'),
  },
  {
    ...{ title: 'Duration of jobs', description: 'How long does a job take?', unit: 's', exemplars: true },
    queries: quantiles('messaging_process_duration_seconds', QUEUE, QUEUE_LEGEND),
  },
  {
    ...{ title: 'Failed attempts', description: 'Which share of attempts fails?', unit: 'percentunit' },
    queries: one(
      share(rate('hotel_job_attempts_total{error_type!=""}', QUEUE), rate('hotel_job_attempts_total', QUEUE)),
      QUEUE_LEGEND,
    ),
  },
  {
    ...{ title: 'Dead letters', description: 'Is there one to decide on?', unit: 'short' },
    kind: 'stat',
    queries: [
      { expr: `max by (${QUEUE}) (hotel_dead_letters_waiting)`, legend: 'waiting' },
      { expr: 'sum(increase(hotel_dead_letters_added_total[1h])) or vector(0)', legend: 'new in an hour' },
    ],
  },
];

const outbox: Panel[] = [
  {
    ...{ title: 'Unconfirmed events', description: 'How many events has cleaning not confirmed yet?', unit: 'short' },
    queries: one('max(hotel_outbox_depth)', 'events'),
  },
  {
    ...{ title: 'Age of the oldest event', description: 'Is one of them stuck?', unit: 's' },
    queries: one('max(hotel_outbox_oldest_age_seconds)', 'oldest'),
  },
  {
    ...{ title: 'Until confirmed', description: 'How long until a booking is planned?', unit: 's', exemplars: true },
    queries: quantiles(CONFIRMATION, 'cloudevents_event_type', '{{cloudevents_event_type}}'),
  },
  {
    ...{ title: 'Written events', description: 'How many events does dispo write?', unit: 'ops' },
    queries: one(rate('hotel_outbox_added_total', 'cloudevents_event_type'), '{{cloudevents_event_type}}'),
  },
];

const processes: Panel[] = [
  {
    ...{ title: 'Busy event loop', description: 'How much of the time is it busy?', unit: 'percentunit' },
    queries: one(
      named(`rate(nodejs_eventloop_time_seconds_total{nodejs_eventloop_state="active"}[${RATE}])`),
      '{{service_name}}',
    ),
  },
  {
    ...{ title: 'CPU', description: 'How many cores does each process use?', unit: 'short' },
    queries: one(named(`rate(process_cpu_time_seconds_total[${RATE}])`), '{{service_name}}'),
  },
  {
    ...{ title: 'Heap', description: 'Does it grow, and how much of it is used?', unit: 'bytes' },
    queries: [
      { expr: named('v8js_memory_heap_used_bytes'), legend: '{{service_name}} used' },
      { expr: named('v8js_memory_heap_limit_bytes'), legend: '{{service_name}} allocated' },
    ],
  },
  {
    ...{ title: 'Resident memory', description: 'How much memory does each process use?', unit: 'bytes' },
    queries: one(named('process_memory_usage_bytes'), '{{service_name}}'),
  },
  {
    ...{ title: 'Uptime', description: 'Has one been restarted?', unit: 's' },
    kind: 'stat',
    queries: one(named('process_uptime_seconds'), '{{service_name}}'),
  },
];

/** A query each for spans and log records: `x` is the name of its metrics. */
const ofBoth = (query: (x: string) => string): Query[] =>
  [
    ['span', 'spans'],
    ['log', 'log records'],
  ].map(([x, what]) => ({ expr: query(`otel_sdk_processor_${x}`), legend: `{{service_name}} ${what}` }));

const telemetry: Panel[] = [
  {
    ...{ title: 'Exported', description: 'How many spans and log records leave each process?', unit: 'ops' },
    queries: ofBoth((x) => named(`rate(${x}_processed_total{error_type=""}[${RATE}])`)),
  },
  {
    ...{ title: 'Lost', description: 'Are any dropped, and where?', unit: 'ops' },
    queries: ofBoth((x) => {
      const lost = named(`rate(${x}_processed_total{error_type!=""}[${RATE}])`);
      return `${lost} or 0 * ${named(`rate(${x}_processed_total[${RATE}])`)}`;
    }),
  },
  {
    ...{ title: 'Queued', description: 'Does the collector keep up?', unit: 'percentunit' },
    queries: ofBoth((x) => `${named(`${x}_queue_size`)} / ${named(`${x}_queue_capacity`)}`),
  },
  {
    ...{ title: 'Scraped series', description: 'Does the number of series stay bounded?', unit: 'short' },
    queries: one('scrape_samples_scraped{job="hotel"}', '{{instance}}'),
  },
  {
    ...{ title: 'Duration of a scrape', description: 'Does it wait for Redis or the database?', unit: 's' },
    queries: one('scrape_duration_seconds{job="hotel"}', '{{instance}}'),
  },
];

/** The dashboards of `deploy/components/signals`. */
export const dashboards: readonly Dashboard[] = [
  {
    ...{ uid: 'hotel-requests', title: 'Requests' },
    rows: [
      { title: 'Requests', panels: requests },
      { title: 'What they wait for', panels: dependencies },
    ],
  },
  {
    ...{ uid: 'hotel-queue', title: 'Queue and outbox' },
    rows: [
      { title: 'Queue', panels: queue },
      { title: 'Outbox', panels: outbox },
    ],
  },
  {
    ...{ uid: 'hotel-processes', title: 'Processes and telemetry' },
    rows: [
      { title: 'Node', panels: processes },
      { title: 'Telemetry', panels: telemetry },
    ],
  },
];
