import {
  httpJson,
  insistOnTrace,
  type Span,
  type SpanShape,
  startTraced,
  type TracedSystem,
  waitForTrace,
} from '@hotel/trace-test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Interceptor, startInterceptor } from '../../test/interceptor.ts';
import { printTrace, readPage } from '../../test/page.ts';
import { call, system } from '../system.ts';

const { expectedTraces } = system;
let traced: TracedSystem;
let interceptor: Interceptor;
beforeAll(async () => {
  interceptor = await startInterceptor(() => traced.url('INVENTORY_SERVICE_PORT'));
  traced = await startTraced(system, { env: { INVENTORY_SERVICE_URL: interceptor.url } });
});
afterAll(async () => {
  await traced?.stop();
  await interceptor?.[Symbol.asyncDispose]();
});

interface Problem {
  status: number;
  type: string;
  detail: string;
  trace_id: string;
  errors?: Array<{ path: string; message: string }>;
}

const at = (port: string, path: string) => traced.url(port) + path;
const gateway = <Body>(method: string, path: string) =>
  httpJson<Body>(at('API_GATEWAY_PORT', path), { method, headers: {} });
const post = <Body = Problem>(port: string, path: string, body: unknown) =>
  httpJson<Body>(at(port, path), { method: 'POST', body });
const stockOf = async (product_id: number) =>
  (await post<{ stock: number }>('INVENTORY_SERVICE_PORT', '/inventory/check', { product_id, quantity: 1 })).body.stock;
const order = (user: number, product: number, quantity: number) =>
  gateway<Problem & { id: number }>('POST', `/orders?user_id=${user}&product_id=${product}&quantity=${quantity}`);

describe('the shop', () => {
  it.each(['API_GATEWAY_PORT', 'DATABASE_SERVICE_PORT'])(
    'answers probes and scrapes at %s without tracing them',
    async (port) => {
      const before = traced.sink.spans().length;
      for (const path of ['/health', '/livez', '/readyz']) {
        expect(await httpJson(at(port, path))).toMatchObject({ status: 200, body: { status: 'ok' } });
      }
      const { traceId = '' } = await gateway('GET', '/users/123');
      const metrics = await fetch(at(port, '/metrics'));
      expect(metrics.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
      expect(await metrics.text()).toContain('# TYPE http_server_request_duration_seconds histogram');
      await insistOnTrace(traced, traceId, expectedTraces.userLookup);
      expect(
        traced.sink
          .spans()
          .slice(before)
          .filter((span) => span.traceId !== traceId),
      ).toEqual([]);
    },
  );

  it('looks up a user in one trace through three services', async () => {
    const { status, body, traceId = '' } = await gateway('GET', '/users/123');
    expect({ status, body }).toEqual({ status: 200, body: { id: 123, name: 'Ada', email: 'ada@shop.example' } });
    await insistOnTrace(traced, traceId, expectedTraces.userLookup);
  });

  it.each([456, 789])('starts with user %i', async (id) => {
    expect(await gateway('GET', `/users/${id}`)).toMatchObject({ status: 200, body: { id } });
  });

  it.each([123, 456])('starts with order %i', async (id) => {
    expect(await gateway('GET', `/orders/${id}`)).toMatchObject({ status: 200, body: { id, user_id: id } });
  });

  it('places an order in one trace through all five services, and reduces the stock', async () => {
    const before = await stockOf(1);
    const { status, body, traceId = '' } = await order(123, 1, 2);
    expect({ status, body }).toEqual({
      status: 201,
      body: { id: expect.any(Number), user_id: 123, product_id: 1, quantity: 2 },
    });
    await insistOnTrace(traced, traceId, expectedTraces.order);
    expect(await stockOf(1)).toBe(before - 2);
    expect((await gateway('GET', `/orders/${body.id}`)).body).toEqual(body);
  });

  it('rejects an order that exceeds the stock, and changes nothing', async () => {
    const { status, body, traceId = '' } = await order(123, 2, 11);
    expect({ status, body }).toMatchObject({
      status: 409,
      body: { type: 'urn:hotel:problem:out_of_stock', detail: 'product 2 has 10 left, not 11', trace_id: traceId },
    });
    await insistOnTrace(traced, traceId, expectedTraces.outOfStock);
    expect(await stockOf(2)).toBe(10);
  });

  it('undoes an order that loses the stock between check and reservation, and the trace shows it', async () => {
    interceptor.beforeNext('/inventory/reserve', () =>
      post('INVENTORY_SERVICE_PORT', '/inventory/reserve', { product_id: 3, quantity: 1 }),
    );
    const { status, traceId = '' } = await order(789, 3, 2);
    expect(status).toBe(409);
    const spans = await insistOnTrace(traced, traceId, expectedTraces.undone);
    const shown = readPage(`${import.meta.dirname}/../README.md`).traces.undone;
    expect(await printTrace(traceId, { JAEGER_QUERY_URL: traced.url('VIEWER_PORT') })).toBe(shown);
    const id = spans.find(({ name }) => name === 'undo_order')?.attributes['shop.order.id'];
    expect(await gateway('GET', `/orders/${id}`)).toMatchObject({
      status: 404,
      body: { detail: `there is no order ${id}` },
    });
    expect(await stockOf(3)).toBe(1);
  });

  it('sells the last item to one of eight concurrent orders', async () => {
    // On a busy machine, a call may take longer than its caller waits; the order is then undone.
    const decided = async () => {
      for (;;) {
        const answer = await order(456, 3, 1);
        if (answer.status !== 503) return answer;
      }
    };
    const answers = await Promise.all(Array.from({ length: 8 }, decided));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409, 409, 409, 409, 409]);
    expect(await stockOf(3)).toBe(0);
  });

  it('finds rows of every table on the allow-list', async () => {
    const { body } = await httpJson(at('DATABASE_SERVICE_PORT', '/query?table=products&id=2'));
    expect(body).toEqual({ id: 2, name: 'Teapot', price_cents: 2900 });
    const row = { name: 'Barbara', email: 'barbara@shop.example' };
    const inserted = await post<{ id: number }>('DATABASE_SERVICE_PORT', '/insert', { table: 'users', row });
    expect(inserted).toMatchObject({ status: 201, body: row });
  });

  it('logs the trace id in each service that logs', async () => {
    const { traceId = '' } = await order(123, 1, 1);
    const linesOfTrace = () => traced.lines().filter(({ text }) => text.includes(traceId));
    await expect
      .poll(() => [...new Set(linesOfTrace().map(({ process }) => process))].toSorted())
      .toEqual(['api-gateway', 'database-service', 'inventory-service', 'order-service']);
  });
});

describe('an invalid request', () => {
  it.each([
    ['an order without a query', 'POST', '/orders', 422],
    ['an order of nothing', 'POST', '/orders?user_id=123&product_id=1&quantity=0', 422],
    ['an unknown field', 'POST', '/orders?user_id=123&product_id=1&quantity=1&price=0', 422],
    ['an order of an unknown user', 'POST', '/orders?user_id=7&product_id=1&quantity=1', 404],
    ['an order of an unknown product', 'POST', '/orders?user_id=123&product_id=7&quantity=1', 404],
    ['an unknown user', 'GET', '/users/7', 404],
    ['a user id that is not a number', 'GET', '/users/ada', 404],
    ['an unknown order', 'GET', '/orders/7', 404],
    ['an unknown path', 'GET', '/carts', 404],
  ])('%s gets a problem, and the SERVER span is not marked as failed', async (_, method, path, status) => {
    const answer = await gateway<Problem>(method, path);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.body).toMatchObject({ status, trace_id: answer.traceId, detail: expect.stringMatching(/\w/) });
    expect((await rootOf(answer.traceId)).status.code).toBe('UNSET');
  });

  it('gets an error that names the missing parameter', async () => {
    const { body } = await gateway<Problem>('POST', '/orders?user_id=123&quantity=1');
    expect(body.errors).toMatchObject([{ path: 'product_id' }]);
  });

  it.each([
    ['DATABASE_SERVICE_PORT', '/insert', '{"table": ', 400],
    ['INVENTORY_SERVICE_PORT', '/inventory/check', '{"product_id": ', 400],
    ['INVENTORY_SERVICE_PORT', '/inventory/check', { product_id: 1 }, 422],
    ['DATABASE_SERVICE_PORT', '/insert', { table: 'secrets', row: {} }, 422],
    ['DATABASE_SERVICE_PORT', '/insert', { table: 'orders', row: { user_id: 7, product_id: 1, quantity: 1 } }, 422],
  ])('with a body that %s %s rejects gets a problem', async (port, path, body, status) => {
    expect(await post(port, path, body)).toMatchObject({ status, body: { status, detail: expect.any(String) } });
  });

  it('for a table outside the allow-list is rejected', async () => {
    for (const table of ['sqlite_master', 'users;DROP TABLE users', 'schema_migrations', '__proto__']) {
      const { status } = await httpJson(at('DATABASE_SERVICE_PORT', `/query?table=${encodeURIComponent(table)}&id=1`));
      expect(status).toBe(422);
    }
  });
});

describe('a service that is down', () => {
  it('causes a clear problem response, and marks every span up to the gateway as failed', async () => {
    await traced.system.processes.get('inventory-service')?.stop();
    const { status, body, headers, traceId = '' } = await order(123, 1, 1);
    expect({ status, body }).toMatchObject({
      status: 503,
      body: { type: 'urn:hotel:problem:downstream_unavailable', detail: expect.stringContaining('inventory-service') },
    });
    expect(headers.get('retry-after')).toBe('1');
    const { userLookup } = expectedTraces;
    const failedCall: SpanShape = { service: 'order-service', kind: 'CLIENT', name: 'POST', status: 'ERROR' };
    await insistOnTrace(traced, traceId, {
      service: 'api-gateway',
      kind: 'SERVER',
      name: 'POST /orders',
      status: 'ERROR',
      children: [
        ...(userLookup.children ?? []),
        call(
          'api-gateway',
          'order-service',
          'POST /orders',
          { status: 'ERROR', children: [failedStep(failedCall)] },
          503,
        ),
      ],
    });
    await traced.system.restart('inventory-service');
    expect((await order(123, 1, 1)).status).toBe(201);
  });
});

/** `check_inventory`, with the exception recorded on both the failed call and the step. */
function failedStep(failedCall: SpanShape): SpanShape {
  return {
    service: 'order-service',
    kind: 'INTERNAL',
    name: 'check_inventory',
    status: 'ERROR',
    events: ['exception'],
    children: [failedCall],
  };
}

async function rootOf(traceId = ''): Promise<Span> {
  const isRoot = (span: Span) => span.service === 'api-gateway' && span.parentSpanId === undefined;
  const spans = await waitForTrace(traced.sink, traceId, { until: (all) => all.some(isRoot) });
  return spans.find(isRoot) as Span;
}
