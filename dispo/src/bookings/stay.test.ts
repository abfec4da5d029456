import { describe, expect, it } from 'vitest';
import { departure, requireVacant } from './stay.ts';

describe('the day a stay ends', () => {
  const stay = { start: '2027-02-04', end: '2027-02-06' };

  it.each([
    ['is today when the guest leaves early', '2027-02-05', '2027-02-05'],
    ['is today when the guest leaves as booked', '2027-02-06', '2027-02-06'],
    ['is the day of arrival when the guest leaves on it', '2027-02-04', '2027-02-04'],
    ['is not before it began', '2027-01-31', '2027-02-04'],
    ['is not after it should have ended', '2027-02-09', '2027-02-06'],
  ])('%s', (_, today, end) => expect(departure(stay, today)).toBe(end));
});

describe('a room', () => {
  const room = { id: 1, number: '101', name: 'Room 101' };

  it('passes when all its guests have left and cleaning has processed it', () => {
    expect(() => requireVacant(room, { count: 3, present: null, unconfirmed: null })).not.toThrow();
  });

  it('is rejected while a guest is in it', () => {
    expect(() => requireVacant(room, { count: 3, present: 5, unconfirmed: null })).toThrow(
      'the guest of booking 5 is still in room 101',
    );
  });

  it('is rejected while cleaning has not processed a check-out', () => {
    expect(() => requireVacant(room, { count: 3, present: null, unconfirmed: 5 })).toThrow(
      'room 101 is not clean yet: cleaning has not confirmed that the guest of booking 5 has left',
    );
  });
});
