import { MEMORY_SAVING, viewerProcess } from '@hotel/system';
import type { SpanShape, SystemWithTraces } from '@hotel/trace-test';

const database = (service: string): Omit<SpanShape, 'children'> => ({
  service,
  kind: 'CLIENT',
  name: /^(SELECT|INSERT|UPDATE|DELETE|BEGIN|COMMIT|ROLLBACK|wait for connection)\b/,
  attributes: { 'db.system.name': /^(sqlite|postgresql)$/ },
});

const redis = (service: string): Omit<SpanShape, 'children'> => ({
  service,
  kind: 'CLIENT',
  name: /.*/,
  attributes: { 'db.system.name': 'redis' },
});

/** The trace of a request that changes a booking, as in the README. `first`: spans before the `send`. */
export function bookingTrace(method: string, route: string, first: SpanShape[] = []): SpanShape {
  return {
    service: 'dispo',
    kind: 'SERVER',
    name: `${method} ${route}`,
    attributes: { 'http.request.method': method, 'http.route': route, 'hotel.room.number': /^\d+$/ },
    mayHave: [database('dispo')],
    children: [
      ...first,
      {
        service: 'dispo',
        kind: 'PRODUCER',
        name: 'send cleaning',
        attributes: {
          'messaging.system': 'bullmq',
          'messaging.operation.name': 'send',
          'messaging.operation.type': 'send',
          'messaging.destination.name': 'cleaning',
          'messaging.message.id': /^[0-9a-f-]{36}$/,
          'messaging.message.conversation_id': /^bookings\/\d+$/,
        },
        mayHave: [redis('dispo')],
        children: [
          {
            service: 'cleaning-worker',
            kind: 'CONSUMER',
            name: 'process cleaning',
            attributes: {
              'messaging.system': 'bullmq',
              'messaging.operation.name': 'process',
              'messaging.operation.type': 'process',
              'messaging.destination.name': 'cleaning',
              'messaging.message.id': /^[0-9a-f-]{36}$/,
              'messaging.message.conversation_id': /^bookings\/\d+$/,
              'hotel.job.attempt': 1,
              'hotel.room.number': /^\d+$/,
            },
            events: ['message.received'],
            mayHave: [database('cleaning-worker'), redis('cleaning-worker')],
            children: [
              {
                service: 'cleaning-worker',
                kind: 'CLIENT',
                name: 'PUT',
                attributes: { 'http.request.method': 'PUT', 'http.response.status_code': 204 },
                children: [
                  {
                    service: 'dispo',
                    kind: 'SERVER',
                    name: 'PUT /internal/v1/bookings/:id/cleaning',
                    attributes: { 'http.response.status_code': 204 },
                    mayHave: [database('dispo')],
                  },
                ],
              },
            ],
          },
        ],
      },
    ],
  };
}

/** dispo's request to cleaning for the state of a room. */
const roomStateCall: SpanShape = {
  service: 'dispo',
  kind: 'CLIENT',
  name: 'GET',
  attributes: { 'http.request.method': 'GET', 'http.response.status_code': 200 },
  children: [
    {
      service: 'cleaning',
      kind: 'SERVER',
      name: 'GET /internal/v1/rooms/:room_id/state',
      attributes: { 'http.route': '/internal/v1/rooms/:room_id/state', 'http.response.status_code': 200 },
      mayHave: [database('cleaning')],
    },
  ],
};

/** A cleaner's task that is finished at the front desk. */
const finishedTask: SpanShape = {
  service: 'dispo',
  kind: 'SERVER',
  name: 'POST /front-desk/tasks/:id/done',
  attributes: { 'http.response.status_code': 200 },
  children: [
    {
      service: 'dispo',
      kind: 'CLIENT',
      name: 'POST',
      attributes: { 'http.request.method': 'POST', 'http.response.status_code': 200 },
      children: [
        {
          service: 'cleaning',
          kind: 'SERVER',
          name: 'POST /internal/v1/tasks/:id/done',
          attributes: { 'http.response.status_code': 200 },
          mayHave: [database('cleaning')],
        },
      ],
    },
  ],
};

/** The trace of a click at the front desk: the browser, its request, and what the request leads to. */
function clickTrace(name: string, method: string, request: SpanShape): SpanShape {
  const browser = { service: 'front-desk', attributes: { 'app.widget.id': name.replaceAll(' ', '-') } };
  const call = { service: 'front-desk', kind: 'CLIENT', name: method, attributes: { 'http.request.method': method } };
  return { ...browser, kind: 'INTERNAL', name, children: [{ ...call, kind: 'CLIENT', children: [request] }] };
}

export const hotel = {
  name: 'hotel',
  redis: true,
  databases: { DISPO_DATABASE_URL: 'dispo', CLEANING_DATABASE_URL: 'cleaning' },
  processes: [
    viewerProcess,
    {
      name: 'dispo',
      folder: 'dispo',
      entry: 'src/main.ts',
      nodeArgs: MEMORY_SAVING,
      traced: true,
      ports: { DISPO_PORT: 8080, DISPO_INTERNAL_PORT: 9080 },
      env: { CLEANING_INTERNAL_URL: 'http://127.0.0.1:${CLEANING_INTERNAL_PORT}' },
      ready: { port: 'DISPO_INTERNAL_PORT', path: '/readyz' },
      page: { port: 'DISPO_PORT', path: '/' },
      about: 'rooms, bookings, front desk',
    },
    {
      name: 'cleaning',
      folder: 'cleaning',
      entry: 'src/main.ts',
      nodeArgs: MEMORY_SAVING,
      traced: true,
      ports: { CLEANING_PORT: 8081, CLEANING_INTERNAL_PORT: 9081 },
      env: {},
      ready: { port: 'CLEANING_INTERNAL_PORT', path: '/readyz' },
      page: { port: 'CLEANING_PORT', path: '/docs' },
      about: 'the cleaning plan',
    },
    {
      name: 'cleaning-worker',
      folder: 'cleaning',
      entry: 'src/worker.ts',
      nodeArgs: MEMORY_SAVING,
      traced: true,
      ports: { WORKER_INTERNAL_PORT: 9082 },
      env: { DISPO_INTERNAL_URL: 'http://127.0.0.1:${DISPO_INTERNAL_PORT}' },
      ready: { port: 'WORKER_INTERNAL_PORT', path: '/readyz' },
      about: 'plans the cleaning of bookings',
    },
  ],
  tryIt: {
    method: 'POST',
    url: 'http://localhost:${DISPO_PORT}/api/v1/bookings/',
    body: { room_id: 1, start: '2027-02-04', end: '2027-02-06' },
  },
  next: [
    {
      what: 'its plan',
      command: "curl 'localhost:${CLEANING_PORT}/api/v1/days?start=2027-02-04&end=2027-02-06'",
    },
    { what: 'another', command: 'npx -y pnpm@12 book' },
  ],
  expectedTraces: {
    booking: bookingTrace('POST', '/api/v1/bookings'),
    change: bookingTrace('PATCH', '/api/v1/bookings/:id'),
    cancellation: bookingTrace('DELETE', '/api/v1/bookings/:id'),
    checkIn: bookingTrace('POST', '/api/v1/bookings/:id/check-in', [roomStateCall]),
    checkOut: bookingTrace('POST', '/api/v1/bookings/:id/check-out'),
    bookAtFrontDesk: clickTrace('book', 'POST', bookingTrace('POST', '/api/v1/bookings')),
    changeAtFrontDesk: clickTrace('change', 'PATCH', bookingTrace('PATCH', '/api/v1/bookings/:id')),
    checkInAtFrontDesk: clickTrace(
      'check in',
      'POST',
      bookingTrace('POST', '/api/v1/bookings/:id/check-in', [roomStateCall]),
    ),
    finishTaskAtFrontDesk: clickTrace('finish task', 'POST', finishedTask),
  },
} satisfies SystemWithTraces;
