import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dialects } from '../databases.ts';
import { openTestHotel, type TestHotel } from '../hotel.ts';

describe.each(dialects)('on %s', (dialect) => {
  let hotel: TestHotel;
  beforeEach(async () => {
    hotel = await openTestHotel(dialect);
  });
  afterEach(() => hotel[Symbol.asyncDispose]());

  /** Creates one event per room, in order. */
  async function makeEvents(count: number): Promise<string[]> {
    const ids: string[] = [];
    for (let room_id = 1; room_id <= count; room_id++) {
      const { events } = await hotel.bookings.create({ room_id, start: '2027-02-04', end: '2027-02-06' });
      ids.push(events[0]?.id ?? '');
    }
    return ids;
  }

  it('reads events back unchanged, in creation order', async () => {
    hotel.context = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', baggage: 'channel=web' };
    const { events } = await hotel.bookings.create({ room_id: 1, start: '2027-02-04', end: '2027-02-06' });
    hotel.context = {};
    const later = await hotel.bookings.change(1, { end: '2027-02-07' });
    expect(await hotel.store.unconfirmed({ after: '', limit: 10 })).toEqual([...events, ...later.events]);
  });

  it('reads events page by page', async () => {
    const ids = await makeEvents(5);
    const page = async (after: string) => (await hotel.store.unconfirmed({ after, limit: 2 })).map(({ id }) => id);
    expect(await page('')).toEqual(ids.slice(0, 2));
    expect(await page(ids[1] ?? '')).toEqual(ids.slice(2, 4));
    expect(await page(ids[4] ?? '')).toEqual([]);
  });

  it('returns those of several events that are still unconfirmed', async () => {
    const [first = '', second = '', third = ''] = await makeEvents(3);
    const [event] = await hotel.store.stillUnconfirmed([second]);
    if (event) await hotel.confirm(event);
    expect((await hotel.store.stillUnconfirmed([first, second])).map(({ id }) => id)).toEqual([first]);
    expect((await hotel.store.unconfirmed({ after: '', limit: 10 })).map(({ id }) => id)).toEqual([first, third]);
  });

  it('lets the relay that wrote an event claim it at once, and claim it again', async () => {
    const ids = await makeEvents(2);
    for (let times = 0; times < 2; times++) {
      expect((await hotel.store.claim(ids, [])).map(({ id }) => id)).toEqual(ids);
    }
  });

  it('counts a republished event as the second attempt, then as the third', async () => {
    const [first = '', second = ''] = await makeEvents(2);
    const attempts = async () => (await hotel.outboxRows()).map(({ attempt }) => attempt);
    await hotel.store.claim([first], [first]);
    expect(await attempts()).toEqual([2, 0]);
    await hotel.store.claim([first, second], [first, second]);
    expect(await attempts()).toEqual([3, 2]);
    await hotel.store.claim([first, second], []);
    expect(await attempts()).toEqual([3, 2]);
  });

  it('sets a failed cleaning back to pending when its own event is republished', async () => {
    const [first = '', second = ''] = await makeEvents(2);
    const states = async () => (await hotel.bookings.list({ after: 0, limit: 10 })).map(({ cleaning }) => cleaning);
    await hotel.bookings.confirmCleaning(1, { event_id: first, revision: 1, result: 'failed' }, undefined);
    await hotel.bookings.confirmCleaning(2, { event_id: second, revision: 1, result: 'failed' }, undefined);
    expect(await states()).toEqual(['failed', 'failed']);
    await hotel.store.claim([first], [first]);
    expect(await states()).toEqual(['pending', 'failed']);
  });
});
