import { expect, it } from 'vitest';
import { rangeOf, rangeProblem } from './days.ts';

const today = '2027-02-04';

it('defaults to today and the next six days', () => {
  expect(rangeOf({}, today)).toEqual({ start: '2027-02-04', end: '2027-02-10' });
  expect(rangeOf({ start: '2027-03-01' }, today)).toEqual({ start: '2027-03-01', end: '2027-03-07' });
  expect(rangeOf({ end: '2027-02-05' }, today)).toEqual({ start: '2027-02-04', end: '2027-02-05' });
});

it('ends a default range at the last supported day', () => {
  expect(rangeOf({ start: '9999-12-27' }, today)).toEqual({ start: '9999-12-27', end: '9999-12-31' });
  expect(rangeOf({ start: '9999-12-31' }, today)).toEqual({ start: '9999-12-31', end: '9999-12-31' });
  expect(rangeOf({ start: '0000-01-01' }, today)).toEqual({ start: '0000-01-01', end: '0000-01-07' });
});

it('accepts a single day, and 366 days at most', () => {
  expect(rangeProblem({ start: '2027-02-04', end: '2027-02-04' })).toBeUndefined();
  expect(rangeProblem({ start: '2028-01-01', end: '2028-12-31' })).toBeUndefined();
  expect(rangeProblem({ start: '2028-01-01', end: '2029-01-01' })).toBe(
    'a range may have 366 days at most, this one has 367',
  );
});

it('rejects a range that ends before it starts', () => {
  expect(rangeProblem({ start: '2027-02-04', end: '2027-02-03' })).toBe('must not be before start (2027-02-04)');
});
