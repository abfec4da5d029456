import { join } from 'node:path';
import { MEMORY_SAVING, type ProcessSpec, PYTHON, preparePython, viewerProcess } from '@hotel/system';
import type { SpanShape, SystemWithTraces } from '@hotel/trace-test';

const WORKER = 'cleaning-python';

const statements = (service: string): Array<Omit<SpanShape, 'children'>> => [
  {
    service,
    kind: 'CLIENT',
    name: /^(SELECT|INSERT|UPDATE|DELETE|COMMIT)\b/,
    attributes: { 'db.system.name': 'sqlite' },
  },
];

/** A call of the worker to a service in TypeScript. */
function call(to: string, route: string, status: number): SpanShape {
  const [method = ''] = route.split(' ');
  return {
    service: WORKER,
    kind: 'CLIENT',
    name: method,
    attributes: { 'http.request.method': method, 'http.response.status_code': status, 'server.address': '127.0.0.1' },
    children: [
      {
        service: to,
        kind: 'SERVER',
        name: route,
        attributes: { 'http.response.status_code': status },
        mayHave: statements(to),
      },
    ],
  };
}

/** An attempt that succeeds. */
export function processed(attempt: number): SpanShape {
  return {
    service: WORKER,
    kind: 'CONSUMER',
    name: 'process cleaning',
    attributes: {
      'messaging.system': 'bullmq',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.destination.name': 'cleaning',
      'messaging.message.id': /^[0-9a-f-]{36}$/,
      'messaging.message.conversation_id': /^bookings\/\d+$/,
      'hotel.job.attempt': attempt,
      'hotel.queue.wait_ms': /^-?\d+$/,
      'hotel.room.number': /^\d+$/,
    },
    events: ['message.received'],
    children: [
      call('cleaning', 'GET /internal/v1/rooms/:room_id/state', 200),
      call('dispo', 'PUT /internal/v1/bookings/:id/cleaning', 204),
    ],
  };
}

/** A booking whose event is processed by these attempts. */
export function bookingTrace(attempts: SpanShape[]): SpanShape {
  return {
    service: 'dispo',
    kind: 'SERVER',
    name: 'POST /api/v1/bookings',
    attributes: { 'http.response.status_code': 201 },
    mayHave: statements('dispo'),
    children: [
      {
        service: 'dispo',
        kind: 'PRODUCER',
        name: 'send cleaning',
        attributes: { 'messaging.destination.name': 'cleaning' },
        mayHave: [{ service: 'dispo', kind: 'CLIENT', name: /.*/, attributes: { 'db.system.name': 'redis' } }],
        children: attempts,
      },
    ],
  };
}

/** A service of the hotel, as in `dev/src/systems/hotel.ts`. */
function hotelService(name: string, about: string, number: number, env: Record<string, string>): ProcessSpec {
  const port = `${name.toUpperCase()}_PORT`;
  const internalPort = `${name.toUpperCase()}_INTERNAL_PORT`;
  return {
    name,
    folder: name,
    entry: 'src/main.ts',
    nodeArgs: MEMORY_SAVING,
    traced: true,
    ports: { [port]: number, [internalPort]: number + 1_000 },
    env,
    ready: { port: internalPort, path: '/readyz' },
    page: { port, path: '/docs' },
    about,
  };
}

/** The hotel, with a worker in Python on its queue instead of the one in TypeScript. */
export const system = {
  name: 'polyglot',
  redis: true,
  prepare: (options) => preparePython({ ...options, requirements: join(import.meta.dirname, 'requirements.txt') }),
  processes: [
    viewerProcess,
    hotelService('dispo', 'rooms and bookings', 8080, {
      CLEANING_INTERNAL_URL: 'http://127.0.0.1:${CLEANING_INTERNAL_PORT}',
    }),
    hotelService('cleaning', 'the state of the rooms', 8081, {}),
    {
      name: WORKER,
      folder: 'examples/polyglot',
      command: PYTHON,
      entry: 'src/worker.py',
      traced: true,
      ports: { PYTHON_WORKER_PORT: 9083 },
      env: {
        DISPO_INTERNAL_URL: 'http://127.0.0.1:${DISPO_INTERNAL_PORT}',
        CLEANING_INTERNAL_URL: 'http://127.0.0.1:${CLEANING_INTERNAL_PORT}',
      },
      ready: { port: 'PYTHON_WORKER_PORT', path: '/readyz' },
      page: { port: 'PYTHON_WORKER_PORT', path: '/stays' },
      about: 'the plan, in Python',
    },
  ],
  tryIt: {
    method: 'POST',
    url: 'http://localhost:${DISPO_PORT}/api/v1/bookings/',
    body: { room_id: 1, start: '2027-02-04', end: '2027-02-06' },
  },
  next: [{ what: 'its plan', command: 'curl localhost:${PYTHON_WORKER_PORT}/stays' }],
  expectedTraces: { booking: bookingTrace([processed(1)]) },
} satisfies SystemWithTraces;
