import { sql } from '@hotel/sqlite/drizzle';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openTestHotel, type TestHotel } from '../../test/hotel.ts';
import { createIdempotencyKeys, type IdempotencyKeys } from './idempotency.ts';

const PER_CALLER = 3;
const made = { body_sha256: 'x', booking_id: 1 };

let hotel: TestHotel;
let clock: Date;
let keys: IdempotencyKeys;
beforeEach(async () => {
  hotel = await openTestHotel();
  clock = new Date('2027-01-30T09:15:00.000Z');
  keys = createIdempotencyKeys(hotel.sqlite, () => clock, PER_CALLER);
  await hotel.bookings.create({ room_id: 1, start: '2027-02-04', end: '2027-02-06' });
});
afterEach(() => hotel[Symbol.asyncDispose]());

const remember = (caller: string, key: string, booking = made) =>
  hotel.sqlite.write(() => keys.remember({ caller, key }, booking));
const find = (caller: string, key: string) => keys.find({ caller, key });
const stored = () =>
  hotel.sqlite.orm
    .all<{ caller: string; key: string }>(sql`SELECT caller, key FROM idempotency_keys ORDER BY caller, ordinal`)
    .map(({ caller, key }) => caller + key);
const later = (ms: number) => {
  clock = new Date(clock.getTime() + ms);
};

it('finds a key of the same caller only', async () => {
  await remember('a', '1');
  expect(find('a', '1')).toEqual(made);
  expect(find('b', '1')).toBeUndefined();
  expect(find('', '1')).toBeUndefined();
});

it('ignores a key after 24 hours, even if it is still stored', async () => {
  await remember('a', '1');
  later(24 * 3_600_000 - 1);
  expect(find('a', '1')).toEqual(made);
  later(1);
  expect(find('a', '1')).toBeUndefined();
});

it('accepts an expired key again', async () => {
  await remember('a', '1');
  later(24 * 3_600_000);
  await remember('a', '1', { ...made, body_sha256: 'y' });
  expect(find('a', '1')).toEqual({ ...made, body_sha256: 'y' });
  expect(stored()).toEqual(['a1']);
});

it('deletes expired keys of all callers with each new one, a bounded number at once', async () => {
  for (let i = 0; i < 13; i++) await remember(`caller ${i} `, '1');
  later(24 * 3_600_000);
  await remember('z', '1');
  expect(stored()).toHaveLength(4);
  await remember('z', '2');
  expect(stored()).toEqual(['z1', 'z2']);
});

it("keeps each caller's newest keys and deletes no other caller's", async () => {
  await remember('b', '1');
  for (const key of ['1', '2', '3', '4', '5']) await remember('a', key);
  expect(stored()).toEqual(['a3', 'a4', 'a5', 'b1']);
});
