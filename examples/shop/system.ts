import { MEMORY_SAVING, type ProcessSpec, viewerProcess } from '@hotel/system';
import type { SpanShape, SystemWithTraces } from '@hotel/trace-test';

type Leaf = Omit<SpanShape, 'children'>;

/** Any statements of a service with a database; their number and text are its own concern. */
const statements = (service: string): Leaf[] => [
  {
    service,
    kind: 'CLIENT',
    name: /^(SELECT|INSERT|UPDATE|DELETE|COMMIT)\b/,
    attributes: { 'db.system.name': 'sqlite' },
  },
];

/** One HTTP call: the caller's CLIENT span with the callee's SERVER span below it. */
export function call(from: string, to: string, route: string, below: Partial<SpanShape> = {}, status = 200): SpanShape {
  const [method = ''] = route.split(' ');
  const server = { 'http.request.method': method, 'http.route': route.slice(method.length + 1) };
  return {
    service: from,
    kind: 'CLIENT',
    name: method,
    attributes: { 'http.request.method': method, 'http.response.status_code': status },
    // A 4xx is an error for the client span, not for the server span.
    ...(status >= 400 ? { status: 'ERROR' as const } : {}),
    children: [
      {
        service: to,
        kind: 'SERVER',
        name: route,
        ...below,
        attributes: { ...server, 'http.response.status_code': status, ...below.attributes },
      },
    ],
  };
}

const database = (from: string, route: string, status = 200) =>
  call(from, 'database-service', route, { mayHave: statements('database-service') }, status);
const inventory = (route: string, status = 200) =>
  call('order-service', 'inventory-service', route, { mayHave: statements('inventory-service') }, status);
const userLookup = call('api-gateway', 'user-service', 'GET /users/:id', {
  children: [database('user-service', 'GET /query')],
});

/** A custom span of the order service. */
const step = (name: string, children: SpanShape[], more: Partial<SpanShape> = {}): SpanShape => ({
  service: 'order-service',
  kind: 'INTERNAL',
  name,
  children,
  ...more,
});
const check = step('check_inventory', [inventory('POST /inventory/check')], { events: ['stock.checked'] });
const create = step('create_order_record', [database('order-service', 'POST /insert', 201)], {
  attributes: { 'shop.order.id': /^\d+$/ },
});

function orderTrace(status: number, steps: SpanShape[]): SpanShape {
  const attributes = { 'shop.user.id': /^\d+$/, 'shop.product.id': /^\d+$/, 'shop.quantity': /^\d+$/ };
  return {
    service: 'api-gateway',
    kind: 'SERVER',
    name: 'POST /orders',
    attributes: { 'http.route': '/orders', 'http.response.status_code': status },
    children: [
      userLookup,
      call('api-gateway', 'order-service', 'POST /orders', { attributes, children: steps }, status),
    ],
  };
}

const failed: Partial<SpanShape> = {
  status: 'ERROR',
  events: ['exception'],
  attributes: { 'error.type': 'out_of_stock' },
};

function service(
  name: string,
  about: string,
  [port, number]: [string, number],
  calls: Record<string, string> = {},
): ProcessSpec {
  return {
    name,
    folder: 'examples/shop',
    entry: `src/${name}.ts`,
    nodeArgs: MEMORY_SAVING,
    traced: true,
    ports: { [port]: number },
    env: Object.fromEntries(Object.entries(calls).map(([url, other]) => [url, `http://127.0.0.1:\${${other}}`])),
    ready: { port, path: '/readyz' },
    page: { port, path: '' },
    about,
  };
}

/** Five services, whose calls form a deep trace. */
export const system = {
  name: 'shop',
  redis: false,
  processes: [
    viewerProcess,
    service('api-gateway', 'the public API', ['API_GATEWAY_PORT', 8000], {
      USER_SERVICE_URL: 'USER_SERVICE_PORT',
      ORDER_SERVICE_URL: 'ORDER_SERVICE_PORT',
    }),
    service('user-service', 'users', ['USER_SERVICE_PORT', 8001], { DATABASE_SERVICE_URL: 'DATABASE_SERVICE_PORT' }),
    service('order-service', 'orders', ['ORDER_SERVICE_PORT', 8002], {
      DATABASE_SERVICE_URL: 'DATABASE_SERVICE_PORT',
      INVENTORY_SERVICE_URL: 'INVENTORY_SERVICE_PORT',
    }),
    service('database-service', 'rows for the other services', ['DATABASE_SERVICE_PORT', 8003]),
    service('inventory-service', 'the stock', ['INVENTORY_SERVICE_PORT', 8004]),
  ],
  tryIt: { method: 'POST', url: 'http://localhost:${API_GATEWAY_PORT}/orders?user_id=123&product_id=1&quantity=2' },
  expectedTraces: {
    userLookup: {
      service: 'api-gateway',
      kind: 'SERVER',
      name: 'GET /users/:id',
      attributes: { 'http.route': '/users/:id', 'http.response.status_code': 200, 'shop.user.id': 123 },
      children: [userLookup],
    },
    order: orderTrace(201, [check, create, step('reserve_inventory', [inventory('POST /inventory/reserve')])]),
    /** The stock check already fails. */
    outOfStock: orderTrace(409, [{ ...check, ...failed, events: ['stock.checked', 'exception'] }]),
    /** A concurrent order takes the stock between check and reservation: earlier steps are undone. */
    undone: orderTrace(409, [
      check,
      create,
      step('reserve_inventory', [inventory('POST /inventory/reserve', 409)], failed),
      step(
        'undo_order',
        [inventory('DELETE /inventory/reservations/:id', 204), database('order-service', 'DELETE /query', 204)],
        { events: ['reservation.undone'] },
      ),
    ]),
  },
} satisfies SystemWithTraces;
