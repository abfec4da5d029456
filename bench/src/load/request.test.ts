import { expect, it } from 'vitest';
import { type Requests, requestText } from './request.ts';

const body = (requests: Requests, n: number) => JSON.parse(requestText(requests, n).split('\r\n\r\n')[1] ?? '');

it('books room by room, then night by night, and continues after earlier bookings', () => {
  const requests = { kind: 'bookings', rooms: 2, from: 0 } as const;
  expect([0, 1, 2].map((n) => body(requests, n))).toEqual([
    { room_id: 1, start: '2030-01-01', end: '2030-01-02' },
    { room_id: 2, start: '2030-01-01', end: '2030-01-02' },
    { room_id: 1, start: '2030-01-02', end: '2030-01-03' },
  ]);
  expect(body({ ...requests, from: 2, since: '2040-02-28' }, 0)).toEqual({
    room_id: 1,
    start: '2040-02-29',
    end: '2040-03-01',
  });
});

it('sends the length of the body', () => {
  const text = requestText({ kind: 'bookings', rooms: 1, from: 0 }, 0);
  const [head = '', sent = ''] = text.split('\r\n\r\n');
  expect(head).toContain(`content-length: ${sent.length}`);
  expect(requestText({ kind: 'get', path: '/a?b=c' }, 7)).toBe('GET /a?b=c HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n');
});
