import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createIdempotencyKeys, type IdempotencyKeys } from '../../src/bookings/idempotency.ts';
import { dialects } from '../databases.ts';
import { openTestHotel, type TestHotel } from '../hotel.ts';

describe.each(dialects)('on %s', (dialect) => {
  const PER_CALLER = 3;
  const made = { body_sha256: 'x', booking_id: 1 };

  let hotel: TestHotel;
  let clock: Date;
  let keys: IdempotencyKeys;
  beforeEach(async () => {
    hotel = await openTestHotel(dialect);
    clock = new Date('2027-01-30T09:15:00.000Z');
    keys = createIdempotencyKeys(hotel.database, () => clock, PER_CALLER);
    await hotel.bookings.create({ room_id: 1, start: '2027-02-04', end: '2027-02-06' });
  });
  afterEach(() => hotel[Symbol.asyncDispose]());

  const remember = (caller: string, key: string, booking = made) =>
    hotel.database.write(function* () {
      yield* keys.remember({ caller, key }, booking);
    });
  const find = (caller: string, key: string) =>
    hotel.database.read(function* () {
      return yield* keys.find({ caller, key });
    });
  async function stored(): Promise<string[]> {
    const { orm, prepare, tables } = hotel.database;
    const { caller, key, ordinal } = tables.idempotencyKeys;
    const all = prepare(orm.select({ caller, key }).from(tables.idempotencyKeys).orderBy(caller, ordinal));
    const rows = await hotel.database.read(function* () {
      return yield* all.all();
    });
    return rows.map((row) => row.caller + row.key);
  }
  const later = (ms: number) => {
    clock = new Date(clock.getTime() + ms);
  };

  it('finds a key of the same caller only', async () => {
    await remember('a', '1');
    expect(await find('a', '1')).toEqual(made);
    expect(await find('b', '1')).toBeUndefined();
    expect(await find('', '1')).toBeUndefined();
  });

  it('ignores a key after 24 hours, even if it is still stored', async () => {
    await remember('a', '1');
    later(24 * 3_600_000 - 1);
    expect(await find('a', '1')).toEqual(made);
    later(1);
    expect(await find('a', '1')).toBeUndefined();
  });

  it('accepts an expired key again', async () => {
    await remember('a', '1');
    later(24 * 3_600_000);
    await remember('a', '1', { ...made, body_sha256: 'y' });
    expect(await find('a', '1')).toEqual({ ...made, body_sha256: 'y' });
    expect(await stored()).toEqual(['a1']);
  });

  it('deletes expired keys of all callers with each new one, a bounded number at once', async () => {
    for (let i = 0; i < 13; i++) await remember(`caller ${i} `, '1');
    later(24 * 3_600_000);
    await remember('z', '1');
    expect(await stored()).toHaveLength(4);
    await remember('z', '2');
    expect(await stored()).toEqual(['z1', 'z2']);
  });

  it("keeps each caller's newest keys and deletes no other caller's", async () => {
    await remember('b', '1');
    for (const key of ['1', '2', '3', '4', '5']) await remember('a', key);
    expect(await stored()).toEqual(['a3', 'a4', 'a5', 'b1']);
  });
});
