import { freePorts } from '@hotel/system';
import {
  expectTrace,
  matchTrace,
  type Span,
  type SystemWithTraces,
  startTraced,
  type TracedSystem,
  waitForTrace,
} from '@hotel/trace-test';
import { hotel } from 'dev/system';
import { system as bands } from 'examples/bands';
import { system as reservations } from 'examples/reservations';
import { system as shop } from 'examples/shop';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasCurl, replay } from './replay.ts';

/*
 * The commands of the tutorials that these systems come from: every path, port and payload works here too. `pnpm dev` replaces the
 * commands that build and start a tutorial's own code (docker, uvicorn, poetry); the READMEs of the examples list them.
 */

interface Tutorial {
  title: string;
  system: SystemWithTraces;
  /** Settings that the tutorial exports; `${PORT}` is a port variable of the system. */
  env?: Record<string, string>;
  /** In the order of the tutorial, each with its output. */
  commands: ReadonlyArray<readonly [command: string, printed: unknown]>;
  /** The trace that it shows, by its name in `expectedTraces`, and its root span. */
  trace: { name: string; root: { service: string; name: string } };
}

const record = (uuid: string, result: object) => ({
  uuid,
  created: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
  succeeded_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
  result,
});
const page = expect.stringMatching(/^<!doctype html>/i);
const FUGAZI = '553be815-76f3-49db-b9d7-caca4b23cc3e';

const tutorials: Tutorial[] = [
  {
    title: 'bands and reviews',
    system: bands,
    // Without a scheme, and with an address to listen on instead of one to connect to.
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: '0.0.0.0:${OTLP_GRPC_PORT}' },
    commands: [
      [`curl -w '\\n' 127.0.0.1:8000/health`, { status: 'ok' }],
      [`curl -w '\\n' 127.0.0.1:8000/bands/${FUGAZI}`, record(FUGAZI, { name: 'Fugazi' })],
      [`curl -w '\\n' 127.0.0.1:8080/health`, { status: 'ok' }],
      [`curl -w '\\n' 127.0.0.1:8080/reviews/${FUGAZI}`, record(FUGAZI, { body: expect.any(String) })],
      [
        'curl 127.0.0.1:8080/reviews/ff8e9267-0b4d-47fa-abc7-4f112c533186',
        record('ff8e9267-0b4d-47fa-abc7-4f112c533186', { body: expect.any(String) }),
      ],
      ['curl http://localhost:16686/search', page],
    ],
    trace: { name: 'bandAlone', root: { service: 'bands-api', name: 'GET /bands/:uuid' } },
  },
  {
    title: 'reservations and credits',
    system: reservations,
    commands: [
      ['curl http://localhost:8080/users/x/limits', { username: 'x', credits: 3 }],
      [
        `curl -X POST http://localhost:8081/reservations -H "Content-Type: application/json" -d '{"username": "test", "item_id": "123"}'`,
        { id: expect.any(String), username: 'test', item_id: '123', credits_left: 2 },
      ],
    ],
    trace: { name: 'reservation', root: { service: 'reservations-service', name: 'POST /reservations' } },
  },
  {
    title: 'a shop of five services',
    system: shop,
    commands: [
      ['curl http://localhost:8000/users/123', { id: 123, name: expect.any(String), email: expect.any(String) }],
      [
        'curl -X POST "http://localhost:8000/orders?user_id=123&product_id=1&quantity=2"',
        { id: expect.any(Number), user_id: 123, product_id: 1, quantity: 2 },
      ],
      ['curl http://localhost:8000/orders/456', expect.objectContaining({ id: 456 })],
      ['curl http://localhost:8001/users/789', expect.objectContaining({ id: 789 })],
      ['curl http://localhost:8002/orders/123', expect.objectContaining({ id: 123 })],
      [
        `curl -X POST http://localhost:8004/inventory/check \\
          -H "Content-Type: application/json" \\
          -d '{"product_id": 1, "quantity": 5}'`,
        { product_id: 1, stock: 98, available: true },
      ],
      ['curl "http://localhost:8003/query?table=users&id=123"', expect.objectContaining({ id: 123 })],
      ['curl -L http://localhost:16686', page],
    ],
    trace: { name: 'order', root: { service: 'api-gateway', name: 'POST /orders' } },
  },
  {
    title: 'the hotel',
    system: hotel,
    commands: [
      [
        `curl http://localhost:8080/api/v1/bookings/  -H "Content-Type: application/json" \\
          -d '{"room_id": 1, "start": "2023-02-04", "end": "2023-02-06"}'`,
        expect.objectContaining({ room_id: 1, start: '2023-02-04', end: '2023-02-06', status: 'booked' }),
      ],
      ['curl http://localhost:16686/search', page],
    ],
    trace: { name: 'booking', root: { service: 'dispo', name: 'POST /api/v1/bookings' } },
  },
];

describe.skipIf(!hasCurl).each(tutorials)('the tutorial of $title', ({ system, env = {}, commands, trace }) => {
  let traced: TracedSystem;
  beforeAll(async () => {
    const [port] = await freePorts(1);
    const settings = Object.entries(env).map(([name, value]) => [name, value.replace('${OTLP_GRPC_PORT}', `${port}`)]);
    traced = await startTraced(system, {
      env: { ...Object.fromEntries(settings), ...(settings.length > 0 ? { OTLP_GRPC_PORT: `${port}` } : {}) },
    });
  });
  afterAll(() => traced?.stop());

  it.each(commands)('%s', async (command, printed) => {
    const text = await replay(command, system, traced);
    expect(text.startsWith('{') ? JSON.parse(text) : text).toEqual(printed);
  });

  it('lists the trace that the tutorial shows under its service', async () => {
    const { service, name } = trace.root;
    const search = () =>
      traced.query.search({
        service,
        operation: name,
        startMs: Date.now() - 600_000,
        endMs: Date.now() + 60_000,
        limit: 20,
      });
    await expect.poll(search).not.toEqual([]);
    const id = (await search())[0]?.[0]?.traceId ?? '';
    const shape = (system.expectedTraces as SystemWithTraces['expectedTraces'])[trace.name];
    if (!shape) throw new Error(`${system.name} has no expected trace ${trace.name}`);
    const until = (spans: Span[]) => matchTrace(spans, shape).length === 0;
    expectTrace(await waitForTrace(traced.query, id, { until }), shape);
  });
});
