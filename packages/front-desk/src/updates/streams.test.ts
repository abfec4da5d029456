import { expect, it } from 'vitest';
import { openDesk, room, stay } from '../../test/desk.ts';

type Desk = ReturnType<typeof openDesk>;

/** The events of a stream, as they arrive. */
async function* eventsOf({ body }: Response): AsyncGenerator<string> {
  let text = '';
  for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    const events = text.split('\n\n');
    text = events.pop() ?? '';
    yield* events;
  }
}

const open = ({ app }: Desk, query = '') => app.request(`/front-desk/updates${query}`);
const nextOf = async (events: AsyncGenerator<string>) => (await events.next()).value as string | undefined;
const versionIn = (event = '') => /^id: (.+)$/m.exec(event)?.[1] ?? '';

it('sends the board, and again when it has changed', async () => {
  const desk = openDesk();
  const events = eventsOf(await open(desk));
  expect(await nextOf(events)).toBe(': connected');
  const first = await nextOf(events);
  expect(first).toMatch(/^event: board\n(data: .*\n)+id: \S+$/);
  expect(first).toContain('Booking 42');
  desk.hotel.rooms = [room({ stays: [stay({ id: 43 })] })];
  expect(await nextOf(events)).toContain('Booking 43');
  await desk.desk[Symbol.asyncDispose]();
});

it('does not send the version that the browser has', async () => {
  const desk = openDesk();
  const events = eventsOf(await open(desk));
  await nextOf(events);
  const known = versionIn(await nextOf(events));
  const again = eventsOf(await open(desk, `?version=${known}`));
  expect(await nextOf(again)).toBe(': connected');
  desk.hotel.rooms = [];
  const next = await nextOf(again);
  expect(next).toContain('no rooms yet');
  expect(versionIn(next)).not.toBe(known);
  await desk.desk[Symbol.asyncDispose]();
});

it('reports that the board cannot be read, and sends it when it can be again', async () => {
  const desk = openDesk();
  const events = eventsOf(await open(desk));
  await nextOf(events);
  await nextOf(events);
  const rooms = desk.hotel.rooms;
  desk.hotel.rooms = new Error('the database is away');
  expect(await nextOf(events)).toMatch(/^event: stale\n/);
  desk.hotel.rooms = rooms;
  expect(await nextOf(events)).toMatch(/^event: board\n/);
  await desk.desk[Symbol.asyncDispose]();
});

it('reads a window once for all its streams, and not at all without one', async () => {
  const desk = openDesk();
  const streams = await Promise.all(Array.from({ length: 10 }, () => open(desk)));
  const all = streams.map(eventsOf);
  await Promise.all(all.map(nextOf));
  await Promise.all(all.map(nextOf));
  expect(desk.hotel.reads).toBeLessThan(10);
  await Promise.all(all.map((events) => events.return(undefined)));
  await expect.poll(() => desk.hotel.reads).toBeGreaterThan(0);
  const before = desk.hotel.reads;
  await desk.desk[Symbol.asyncDispose]();
  expect(desk.hotel.reads - before).toBeLessThanOrEqual(1);
});

it('rejects more streams than it can have, and any while it closes', async () => {
  const desk = openDesk();
  const streams = await Promise.all(Array.from({ length: 64 }, () => open(desk)));
  expect(streams.every(({ status }) => status === 200)).toBe(true);
  const refused = await open(desk);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
  await streams[0]?.body?.cancel();
  await expect.poll(async () => (await open(desk)).status).toBe(200);
  await desk.desk[Symbol.asyncDispose]();
  expect((await open(desk)).status).toBe(503);
});

it('responds to HEAD at once, and opens no stream for it', async () => {
  const desk = openDesk();
  for (let i = 0; i <= 64; i++) {
    const { status, body } = await desk.app.request('/front-desk/updates', { method: 'HEAD' });
    expect([status, body]).toEqual([200, null]);
  }
  expect((await open(desk)).status).toBe(200);
  await desk.desk[Symbol.asyncDispose]();
});

it('ends all streams when it closes, even those that nobody reads', async () => {
  const desk = openDesk();
  const read = eventsOf(await open(desk));
  await open(desk);
  await nextOf(read);
  await nextOf(read);
  const rest = read.next();
  await desk.desk[Symbol.asyncDispose]();
  expect((await rest).done).toBe(true);
});

it('explains a window that is not valid', async () => {
  const response = await open(openDesk(), '?start=soon');
  expect(response.status).toBe(422);
  expect(await response.json()).toMatchObject({ detail: 'start: must be a day like 2027-02-04' });
});
