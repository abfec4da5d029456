import { expect, it } from 'vitest';
import { addDays, countDays, dayOf, daysBetween } from './calendar.ts';

it('adds days across months, years and leap days', () => {
  expect(daysBetween('2028-02-27', '2028-03-01')).toEqual(['2028-02-27', '2028-02-28', '2028-02-29', '2028-03-01']);
  expect(addDays('2026-12-30', 3)).toBe('2027-01-02');
});

it('lists days regardless of daylight saving time', () => {
  expect(daysBetween('2027-03-27', '2027-03-29')).toEqual(['2027-03-27', '2027-03-28', '2027-03-29']);
});

it('counts and lists days including both ends', () => {
  expect(countDays('2027-02-04', '2027-02-04')).toBe(1);
  expect(countDays('2027-02-04', '2027-02-06')).toBe(3);
  expect(countDays('2027-02-04', '2027-02-03')).toBe(0);
  expect(daysBetween('2027-02-04', '2027-02-01')).toEqual([]);
});

it('stays within the supported range of days', () => {
  expect(addDays('9999-12-28', 6)).toBe('9999-12-31');
  expect(addDays('9999-12-31', 1)).toBe('9999-12-31');
  expect(addDays('0000-01-02', -6)).toBe('0000-01-01');
  expect(addDays('0099-12-31', 1)).toBe('0100-01-01');
  expect(daysBetween('9999-12-30', '9999-12-31')).toEqual(['9999-12-30', '9999-12-31']);
  expect(countDays('0000-01-01', '9999-12-31')).toBe(3_652_425);
});

it('takes the day of a time in the local time zone', () => {
  expect(dayOf(new Date(2027, 1, 4, 0, 0, 1))).toBe('2027-02-04');
  expect(dayOf(new Date(2027, 1, 4, 23, 59, 59))).toBe('2027-02-04');
});
