import { expect, it } from 'vitest';
import { ID, useAnswers } from '../../test/answers.ts';

const api = useAnswers();

it("books, and prints the response, its trace's waterfall and a link", async () => {
  const { code, out, err } = await api.spawned('book');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^Room 101 from \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d: dispo answered 201\n\{"id":7\}\n/);
  expect(out).toContain(`Trace ${ID}: 8 spans of`);
  expect(out).toMatch(/└─ CONSUMER process cleaning +cleaning-worker/);
  expect(out.trimEnd().split('\n').at(-1)).toBe(`${api.url}/trace/${ID}`);
});

it('books the room with the requested number, on any page of rooms', async () => {
  const { out } = await api.run('book', ['--room', '102', '--start', '2027-02-04', '--end', '2027-02-06']);
  expect(out).toMatch(/^Room 102 from 2027-02-04 to 2027-02-06/);
  expect(api.requests).toContain('GET /api/v1/rooms?limit=200&after=1');
});

it("prints dispo's reason for a rejection, and exits with 1", async () => {
  api.answers['POST /api/v1/bookings'] = () => ({
    status: 409,
    headers: { traceresponse: `00-${ID}-00f067aa0ba902b7-01`, 'content-type': 'application/problem+json' },
    body: {
      title: 'Conflict',
      status: 409,
      detail: 'Room 101 is taken',
      errors: [{ path: 'start', message: 'too early' }],
    },
  });
  const { code, err } = await api.run('book');
  expect(code).toBe(1);
  expect(err).toBe(
    `dispo rejected the request: 409 - Conflict - Room 101 is taken\n  start: too early\nIts trace: npx -y pnpm@12 trace ${ID}`,
  );
});

it('sends HOTEL_API_TOKEN to dispo, and asks for it if it is missing', async () => {
  for (const route of ['GET /api/v1/rooms/free', 'POST /api/v1/bookings']) {
    const known = api.answers[route];
    api.answers[route] = (request) =>
      (request.headers.authorization === 'Bearer s3cret' && known?.(request)) || {
        status: 401,
        body: { title: 'Unauthorized', detail: 'send a token' },
      };
  }
  expect((await api.run('book', [], { HOTEL_API_TOKEN: 's3cret' })).code).toBe(0);
  const { code, err } = await api.run('book');
  expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('Set HOTEL_API_TOKEN') });
});

it('reports that telemetry is off when the response names no trace', async () => {
  api.answers['POST /api/v1/bookings'] = () => ({ status: 201, body: { id: 7 } });
  const { code, out, err } = await api.run('book');
  expect(code).toBe(1);
  expect(out).toContain('dispo answered 201');
  expect(err).toContain('telemetry is off');
});

it('reports an unknown room', async () => {
  const { code, err } = await api.run('book', ['--room', '999']);
  expect(code).toBe(1);
  expect(err).toContain('There is no room 999.');
});
