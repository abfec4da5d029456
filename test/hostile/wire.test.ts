import { httpJson, type TracedSystem } from '@hotel/trace-test';
import { describe, expect, it } from 'vitest';
import { ask, book, insistOnLine } from '../e2e/harness/hotel.ts';
import { borrowHotel } from '../e2e/harness/lent.ts';
import { converse } from './wire.ts';
import { cases, get } from './wire-cases.ts';

let traced: TracedSystem;
let port: number;
borrowHotel((hotel) => {
  ({ traced } = hotel);
  port = traced.ports.DISPO_PORT ?? 0;
});

describe('on the wire', () => {
  it.each(cases)('%s: %i', async (_, status, bytes) => {
    const answers = await converse(port, bytes);
    const [first] = answers;
    expect(answers.map((answer) => answer.status)).toEqual(status === 0 ? [] : [status]);
    if (!first || status < 400) return;
    expect(Object.fromEntries(first.headers)).toMatchObject({
      'content-type': 'application/problem+json',
      'x-content-type-options': 'nosniff',
    });
    expect(JSON.parse(first.body)).toMatchObject({ status });
  });

  it('pipelined requests are answered in order', async () => {
    const targets = Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? '/api/v1/rooms/1' : '/nothing'));
    const bytes = targets.map((target) => `GET ${target} HTTP/1.1\r\nhost: a\r\n\r\n`).join('');
    const statuses = (await converse(port, bytes + get('/health'))).map(({ status }) => status);
    expect(statuses).toEqual([...targets.map((_, i) => (i % 2 === 0 ? 200 : 404)), 200]);
  });
});

describe('text', () => {
  it.each([
    ["Robert'); DROP TABLE rooms;--"],
    ['" OR "1"="1'],
    ['${7*7} {{7*7}} $(id) `id`'],
    ['<script>alert(1)</script>'],
    ['%0d%0aset-cookie: owned=1'],
    ['__proto__'],
    ['👩‍👩‍👧‍👦 İ ß ﬀ e\u0301'],
  ])('is stored and returned unchanged, and has no effect: %s', async (name) => {
    const number = `x${Buffer.from(name).toString('hex').slice(0, 12)}`;
    const made = await ask<{ id: number }>(traced, 'POST', '/api/v1/rooms', { number, name });
    const { body } = await ask(traced, 'GET', `/api/v1/rooms/${made.body.id}`);
    expect(body).toEqual({ id: made.body.id, number, name });
    const { status, body: rooms } = await ask<unknown[]>(traced, 'GET', '/api/v1/rooms?limit=5');
    expect([status, rooms.length]).toEqual([200, 5]);
  });

  it('in a key is compared exactly: only the same key repeats the booking', async () => {
    const stay = { room_id: 7, start: '2092-05-01', end: '2092-05-02' };
    const headers = { 'idempotency-key': "x' OR '1'='1" };
    const { body } = await ask(traced, 'POST', '/api/v1/bookings', stay, headers);
    expect((await ask(traced, 'POST', '/api/v1/bookings', stay, headers)).body.id).toBe(body.id);
    expect((await ask(traced, 'POST', '/api/v1/bookings', stay, { 'idempotency-key': 'x' })).status).toBe(409);
  });

  it('as a prototype is rejected as an unknown field, and affects no other request', async () => {
    for (const body of ['{"__proto__": {"room_id": 1}}', '{"constructor": {"prototype": {"status": "checked_in"}}}']) {
      expect((await ask(traced, 'POST', '/api/v1/bookings', body)).status).toBe(422);
    }
    const { booking } = await book(traced, { room_id: 8, start: '2092-05-01', end: '2092-05-02' });
    expect(booking.status).toBe('booked');
    expect((await ask(traced, 'POST', '/api/v1/bookings', '{}')).status).toBe(422);
  });

  it('never becomes a response header', async () => {
    for (const path of [
      '/api/v1/rooms?limit=1&after=0%0d%0aset-cookie:%20owned=1',
      '/api/v1/rooms/%0d%0aset-cookie:%20owned=1',
      '/%0d%0aset-cookie:%20owned=1',
      '/api/v1/rooms?limit=1&__proto__=1%0d%0aset-cookie:%20owned=1',
    ]) {
      const [answer] = await converse(port, get(path));
      expect(answer?.status).toBeGreaterThanOrEqual(400);
      expect(answer?.headers.map(([name]) => name)).not.toContain('set-cookie');
    }
  });

  it('never becomes a log line', async () => {
    const forged = '%0a{"level":"fatal","msg":"forged"}%1b[2J';
    for (const path of [`/${forged}`, `/api/v1/bookings/${forged}`, `/api/v1/rooms?${forged}`]) {
      await converse(port, get(path, 'user-agent: {"level":"fatal","msg":"forged"}'));
    }
    await httpJson(`${traced.url('DISPO_PORT')}/api/v1/rooms/1`, { headers: { 'x-request-id': 'forged' } });
    // Log lines are in order: none of theirs can follow this one.
    const { traceId } = await book(traced, { room_id: 8, start: '2092-06-01', end: '2092-06-02' });
    await insistOnLine(traced, 'dispo', new RegExp(traceId));
    const own = traced.lines().filter(({ process }) => process === 'dispo');
    for (const { text } of own) expect(JSON.parse(text)).toMatchObject({ service: 'dispo' });
    expect(own.filter(({ text }) => text.includes('forged'))).toEqual([]);
  });
});
