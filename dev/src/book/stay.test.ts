import { expect, it } from 'vitest';
import { checkStayRequest, chooseStay } from './stay.ts';

const rooms = [
  { id: 1, number: '101', name: 'A' },
  { id: 2, number: '102', name: 'B' },
];
/** Room 101 is taken before the 10th, 102 before the 5th. */
const api = {
  freeRooms: async (start: string) => rooms.filter(({ id }) => start >= (id === 1 ? '2027-03-10' : '2027-03-05')),
  room: async (number: string) => rooms.find((room) => room.number === number) as (typeof rooms)[0],
};

it('takes the first free room on the next two free nights', async () => {
  expect(await chooseStay(api, {}, '2027-03-01')).toEqual({ room: rooms[1], start: '2027-03-05', end: '2027-03-07' });
});

it('takes the next two free nights of the requested room', async () => {
  const stay = await chooseStay(api, { room: '101' }, '2027-03-01');
  expect(stay).toEqual({ room: rooms[0], start: '2027-03-10', end: '2027-03-12' });
});

it('takes any free room on the requested dates', async () => {
  const dates = { start: '2027-03-06', end: '2027-03-09' };
  expect(await chooseStay(api, dates, '2027-01-01')).toEqual({ room: rooms[1], ...dates });
  expect((await chooseStay(api, { start: '2027-03-06' }, '2027-01-01')).end).toBe('2027-03-08');
  await expect(chooseStay(api, { start: '2027-03-01' }, '2027-01-01')).rejects.toThrow(
    'No room is free from 2027-03-01 to 2027-03-03',
  );
});

it('leaves rejecting a taken room to dispo', async () => {
  const stay = await chooseStay(api, { room: '101', start: '2027-03-01' }, '2027-01-01');
  expect(stay.room).toBe(rooms[0]);
});

it('reports when nothing is free within a year', async () => {
  await expect(chooseStay(api, { room: '101' }, '2020-01-01')).rejects.toThrow(/Room 101 is taken for the next/);
});

it('rejects an invalid date, and a departure without an arrival', () => {
  expect(() => checkStayRequest({ start: '2027-02-30' })).toThrow(/--start 2027-02-30 is not a date/);
  expect(() => checkStayRequest({ start: 'soon' })).toThrow(/--start soon is not a date/);
  expect(() => checkStayRequest({ end: '2027-02-03' })).toThrow(/--end needs --start/);
  checkStayRequest({ start: '2028-02-29', end: '2028-03-01' });
});

it('stays within the dates that dispo accepts', async () => {
  const stay = await chooseStay(api, { start: '9999-12-30' }, '2027-01-01');
  expect(stay).toMatchObject({ start: '9999-12-30', end: '9999-12-31' });
});
