import { CLEANING_OVERVIEW_PATH, finishTaskPath, roomStatePath } from '@hotel/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../test/databases.ts';
import { eventOf, silent } from '../test/fixtures.ts';
import { createInternalApp, createPublicApp, type Deps } from './app.ts';
import { createDayRepository } from './days/repository.ts';
import { createDeleteStaysBefore } from './plan/delete-stays.ts';
import { createPlanRepository, type PlanRepository } from './plan/repository.ts';
import { createRoomRepository } from './rooms/repository.ts';
import { createTaskRepository } from './tasks/repository.ts';
import { createTasks } from './tasks/tasks.ts';

const today = '2027-02-05';
let database: TestDatabase;
let plan: PlanRepository;
let deps: Deps;
beforeEach(async () => {
  database = await openTestDatabase();
  const now = () => new Date('2027-02-05T12:00:00Z');
  plan = createPlanRepository(database.database, now);
  deps = {
    days: createDayRepository(database.database),
    tasks: createTasks({ repository: createTaskRepository(database.database, now), events: { taskDone() {} } }),
    rooms: createRoomRepository(database.database, now),
    deleteStaysBefore: createDeleteStaysBefore(database.database),
    events: { roomDeclaredClean() {} },
    today: () => today,
    tracesUrl: 'http://traces',
    checks: { database: { fatal: true, check: async () => 'answers' } },
    log: silent,
  };
});
afterEach(() => database[Symbol.asyncDispose]());

const get = async (path: string, app = createPublicApp(deps)) => answerOf(await app.request(path));
const post = async (path: string, init: RequestInit = {}) =>
  answerOf(await createPublicApp(deps).request(path, { method: 'POST', ...init }));

async function answerOf(response: Response) {
  return { status: response.status, headers: response.headers, body: await response.json() };
}

describe('GET /api/v1/days', () => {
  beforeEach(() => plan.apply(eventOf('booking.created')));

  it('lists the occupied rooms from today on, with and without a trailing slash', async () => {
    const expected = [
      { day: '2027-02-05', room: '101', final: 0 },
      { day: '2027-02-06', room: '101', final: 1 },
    ];
    expect(await get('/api/v1/days')).toMatchObject({ status: 200, body: expected });
    expect(await get('/api/v1/days/')).toMatchObject({ status: 200, body: expected });
  });

  it('lists the requested days', async () => {
    const { body } = await get('/api/v1/days?start=2027-02-04&end=2027-02-04');
    expect(body).toEqual([{ day: '2027-02-04', room: '101', final: 0 }]);
  });

  it('links to the next page until the last one, within the requested days', async () => {
    const pages = [];
    let path: string | undefined = '/api/v1/days?start=2027-02-04&limit=2';
    while (path) {
      const { body, headers } = await get(path);
      pages.push(body);
      path = /^<([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
      if (path) expect(path).toBe('/api/v1/days?start=2027-02-04&limit=2&end=2027-02-10&after=2027-02-05_101');
    }
    expect(pages).toEqual([
      [
        { day: '2027-02-04', room: '101', final: 0 },
        { day: '2027-02-05', room: '101', final: 0 },
      ],
      [{ day: '2027-02-06', room: '101', final: 1 }],
    ]);
  });

  it.each([
    ['start=2027-02-05&end=2027-02-04', 'end', 'must not be before start (2027-02-05)'],
    ['end=2027-02-04', 'end', 'must not be before start (2027-02-05)'],
    ['start=2027-01-01&end=2028-01-02', 'end', 'a range may have 366 days at most, this one has 367'],
    ['start=2027-02-30', 'start', 'must be a day like 2027-02-04'],
    ['start=', 'start', 'must be a day like 2027-02-04'],
    ['start=2027-02-04&start=2027-02-05', 'start', 'must be a day like 2027-02-04'],
    ['from=2027-02-04', '', 'Unrecognized key: "from"'],
    ['limit=201', 'limit', 'must be from 1 to 200'],
    ['after=101', 'after', 'must be a day and a room, like 2027-02-04_101'],
  ])('rejects ?%s', async (query, path, message) => {
    const { status, headers, body } = await get(`/api/v1/days?${query}`);
    expect(status).toBe(422);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(body).toMatchObject({ status: 422, detail: 'the query is not valid', errors: [{ path, message }] });
  });
});

describe('GET /api/v1/tasks', () => {
  it("lists today's tasks, and those of a requested day", async () => {
    await plan.apply(eventOf('booking.created', { booking_id: 42 }));
    expect((await get('/api/v1/tasks')).body).toEqual([
      { id: 2, day: '2027-02-05', room: '101', final: 0, booking_id: 42, done: false },
    ]);
    expect((await get('/api/v1/tasks?day=2027-02-06')).body).toMatchObject([{ id: 3, final: 1 }]);
  });

  it('links to the next page until the last one', async () => {
    for (const booking_id of [1, 2, 3]) {
      await plan.apply(eventOf('booking.created', { booking_id, room_id: booking_id, room: String(100 + booking_id) }));
    }
    const first = await get('/api/v1/tasks?day=2027-02-05&limit=2');
    expect(first.body).toMatchObject([{ room: '101' }, { room: '102' }]);
    const link = /^<([^>]+)>; rel="next"$/.exec(first.headers.get('link') ?? '');
    const second = await get(link?.[1] ?? '');
    expect(second.body).toMatchObject([{ room: '103' }]);
    expect(second.headers.get('link')).toBeNull();
  });

  it.each(['day=tomorrow', 'limit=0', 'limit=201', 'after=-1', 'room=101'])('rejects ?%s', async (query) => {
    expect(await get(`/api/v1/tasks?${query}`)).toMatchObject({ status: 422, body: { errors: [{}] } });
  });
});

describe('POST /api/v1/tasks/:id/done', () => {
  beforeEach(() => plan.apply(eventOf('booking.created', { booking_id: 42 })));

  it('marks a task done, and returns the same when repeated', async () => {
    const done = { id: 2, day: '2027-02-05', room: '101', final: 0, booking_id: 42, done: true };
    expect(await post('/api/v1/tasks/2/done')).toMatchObject({ status: 200, body: done });
    expect(await post('/api/v1/tasks/2/done/')).toMatchObject({ status: 200, body: done });
  });

  it('rejects a final clean before its guest has checked out', async () => {
    expect(await post('/api/v1/tasks/3/done')).toMatchObject({
      status: 409,
      body: {
        type: 'urn:hotel:problem:guest_not_gone',
        detail: 'the final clean of room 101 cannot be done before its guest has checked out (booking 42)',
      },
    });
  });

  it('makes the room clean with the final clean after check-out', async () => {
    await plan.apply(eventOf('booking.checked_in', { booking_id: 42, revision: 2 }));
    await plan.apply(eventOf('booking.checked_out', { booking_id: 42, revision: 3 }));
    const state = async () => (await get(roomStatePath(1), createInternalApp(deps))).body;
    expect(await state()).toEqual({ room_id: 1, state: 'dirty' });
    expect((await post('/api/v1/tasks/3/done')).status).toBe(200);
    expect(await state()).toEqual({ room_id: 1, state: 'clean' });
  });

  it.each(['9', '0', 'x', '1.5', '99999999999999999999'])('answers 404 for task %s', async (id) => {
    expect((await post(`/api/v1/tasks/${id}/done`)).status).toBe(404);
  });

  it('rejects a body that is not JSON, or too large', async () => {
    const send = (body: string, type: string) =>
      post('/api/v1/tasks/2/done', {
        body,
        headers: { 'content-type': type, 'content-length': String(body.length) },
      });
    expect((await send('done!', 'text/plain')).status).toBe(415);
    expect((await send(JSON.stringify('x'.repeat(70_000)), 'application/json')).status).toBe(413);
  });

  it.each([
    ['the database is locked', 'database_busy', '1'],
    ['its disk is full', 'database_full', '10'],
  ])('sends Retry-After while %s', async (_, code, retryAfter) => {
    const notNow = Object.assign(new Error('not now'), { code });
    deps.tasks = { ...deps.tasks, finish: () => Promise.reject(notNow) };
    const { status, headers } = await post('/api/v1/tasks/2/done');
    expect([status, headers.get('retry-after')]).toEqual([503, retryAfter]);
  });

  it('does not reveal the cause of an internal error', async () => {
    deps.tasks = { ...deps.tasks, finish: () => Promise.reject(new Error('mrs-miller')) };
    const { status, body } = await post('/api/v1/tasks/2/done');
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain('mrs-miller');
  });
});

describe('health, readiness and room state', () => {
  it('reports health on both listeners', async () => {
    expect(await get('/health')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await get('/livez', createInternalApp(deps))).toMatchObject({ status: 200 });
    expect(await get('/readyz', createInternalApp(deps))).toMatchObject({ status: 200 });
  });

  it('is not ready when its database fails', async () => {
    const check = () => Promise.reject(new Error('disk I/O error'));
    deps.checks = { database: { fatal: true, check } };
    expect(await get('/readyz', createInternalApp(deps))).toMatchObject({
      status: 503,
      body: { checks: { database: { ok: false, detail: 'disk I/O error' } } },
    });
  });

  it('reports a room that was never used as clean', async () => {
    const { status, body } = await get(roomStatePath(7), createInternalApp(deps));
    expect([status, body]).toEqual([200, { room_id: 7, state: 'clean' }]);
  });

  it.each(['/', '/api/v1/rooms', '/internal/v1/rooms/1/state', '/readyz'])(
    'answers 404 at %s of the public listener',
    async (path) => expect(await get(path)).toMatchObject({ status: 404, body: { title: 'Not Found' } }),
  );

  it('answers 404 for the state of an invalid room id', async () => {
    expect((await get('/internal/v1/rooms/x/state', createInternalApp(deps))).status).toBe(404);
  });
});

describe('the overview for the front desk', () => {
  const internal = async (path: string, method = 'GET') =>
    answerOf(await createInternalApp(deps).request(path, { method }));

  it("lists the dirty rooms, and today's tasks with the overdue ones", async () => {
    await plan.apply(eventOf('booking.created'));
    await plan.apply(eventOf('booking.checked_in', { revision: 2 }));
    const { status, body } = await internal(CLEANING_OVERVIEW_PATH);
    expect([status, body]).toEqual([
      200,
      {
        dirty: [1],
        tasks: [
          { id: 1, day: '2027-02-04', room: '101', final: 0, booking_id: 1, done: false },
          { id: 2, day: '2027-02-05', room: '101', final: 0, booking_id: 1, done: false },
        ],
      },
    ]);
  });

  it('finishes a task, and rejects the final clean of a guest who is still there', async () => {
    await plan.apply(eventOf('booking.created'));
    await plan.apply(eventOf('booking.checked_in', { revision: 2 }));
    expect(await internal(finishTaskPath(1), 'POST')).toMatchObject({ status: 200, body: { id: 1, done: true } });
    expect(await internal(finishTaskPath(3), 'POST')).toMatchObject({
      status: 409,
      body: { type: 'urn:hotel:problem:guest_not_gone' },
    });
    expect((await internal(finishTaskPath(99), 'POST')).status).toBe(404);
  });
});
