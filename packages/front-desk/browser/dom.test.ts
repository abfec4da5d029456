import { expect, it } from 'vitest';
import { addDays, dateText } from './dom.ts';

it.each([
  ['2027-02-04', '4 Feb'],
  ['12027-02-04', '12027-02-04'],
  ['', ''],
])('shows the day %j as %j', (day, text) => {
  expect(dateText(day)).toBe(text);
});

it.each([
  ['2027-02-27', 2, '2027-03-01'],
  ['9999-12-30', 5, '9999-12-31'],
  ['0000-01-02', -5, '0000-01-01'],
])('counts days of four-digit years only: %s and %i days are %s', (day, count, sum) => {
  expect(addDays(day, count)).toBe(sum);
});
