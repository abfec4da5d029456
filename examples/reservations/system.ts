import { MEMORY_SAVING, type ProcessSpec, viewerProcess } from '@hotel/system';
import type { SpanShape, SystemWithTraces } from '@hotel/trace-test';

const RESERVATIONS = 'reservations-service';
const USERS = 'user-service';

const statements = (service: string): Array<Omit<SpanShape, 'children'>> => [
  {
    service,
    kind: 'CLIENT',
    name: /^(SELECT|INSERT|UPDATE|DELETE|COMMIT)\b/,
    attributes: { 'db.system.name': 'sqlite' },
  },
];

/** A custom span of the handler. */
const step = (name: string, more: Partial<SpanShape> = {}): SpanShape => ({
  service: RESERVATIONS,
  kind: 'INTERNAL',
  name,
  ...more,
});

/** A call to the other service: the same two spans, whether created by the library or by `by-hand.ts`. */
function call(route: string, status = 200): SpanShape {
  const [method = ''] = route.split(' ');
  return {
    service: RESERVATIONS,
    kind: 'CLIENT',
    name: method,
    attributes: { 'http.request.method': method, 'http.response.status_code': status },
    ...(status >= 400 ? { status: 'ERROR' } : {}),
    children: [
      {
        service: USERS,
        kind: 'SERVER',
        name: route,
        attributes: { 'http.request.method': method, 'http.response.status_code': status },
        mayHave: statements(USERS),
      },
    ],
  };
}

const failed = { status: 'ERROR' as const, events: ['exception'] };
const parse = step('parse_request', { attributes: { 'reservations.item.id': /./ } });
const check = (status: number) => call('GET /users/:username/limits', status);

function reservationTrace(status: number, steps: SpanShape[], handler: Partial<SpanShape> = {}): SpanShape {
  return {
    service: RESERVATIONS,
    kind: 'SERVER',
    name: 'POST /reservations',
    attributes: { 'http.route': '/reservations', 'http.response.status_code': status },
    children: [step('reservations_handler', { ...(status >= 400 ? failed : {}), ...handler, children: steps })],
  };
}

function service(
  name: string,
  about: string,
  [port, number]: [string, number],
  env: Record<string, string>,
): ProcessSpec {
  return {
    name,
    folder: 'examples/reservations',
    entry: `src/${name}.ts`,
    nodeArgs: MEMORY_SAVING,
    traced: true,
    ports: { [port]: number },
    env,
    ready: { port, path: '/readyz' },
    page: { port, path: '' },
    about,
  };
}

/** The two services, with HTTP propagation by the library or by hand. */
export function systemWith(propagation: 'library' | 'hand') {
  const env = { HOTEL_PROPAGATION: propagation };
  return {
    name: 'reservations',
    redis: false,
    processes: [
      viewerProcess,
      service(USERS, 'users and their credits', ['USER_SERVICE_PORT', 8080], env),
      service(RESERVATIONS, 'reservations', ['RESERVATIONS_SERVICE_PORT', 8081], {
        ...env,
        USER_SERVICE_URL: 'http://127.0.0.1:${USER_SERVICE_PORT}',
      }),
    ],
    tryIt: {
      method: 'POST',
      url: 'http://localhost:${RESERVATIONS_SERVICE_PORT}/reservations',
      body: { username: 'test', item_id: 'book-1' },
    },
    expectedTraces: {
      reservation: reservationTrace(
        201,
        [
          parse,
          step('check_limits', { attributes: { 'reservations.credits': /^[1-9]/ }, children: [check(200)] }),
          step('spend_credit', { children: [call('PUT /users/:username/spent/:reservation_id')] }),
          step('store_reservation', { mayHave: statements(RESERVATIONS) }),
        ],
        { events: ['reservation.made'] },
      ),
      noCredits: reservationTrace(409, [parse, step('check_limits', { ...failed, children: [check(200)] })]),
      unknownUser: reservationTrace(404, [parse, step('check_limits', { ...failed, children: [check(404)] })]),
    },
  } satisfies SystemWithTraces;
}

export const system = systemWith('library');
