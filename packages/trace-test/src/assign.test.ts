import { expect, test } from 'vitest';
import { assign } from './assign.ts';

test('what fits much leaves to others what only they fit', () => {
  const fits = (left: string, right: string) => left === 'any' || left === right;
  expect([...assign(['any', 'b'], ['b', 'c'], fits)]).toEqual(
    expect.arrayContaining([
      [0, 'c'],
      [1, 'b'],
    ]),
  );
});

test('equal ones on the left get one each on the right', () => {
  expect(assign(['x', 'x'], [{ is: 'x' }, { is: 'x' }], (left, { is }) => left === is).size).toBe(2);
});

test('nothing on the right is given away twice', () => {
  expect(assign(['x', 'x'], ['x'], (left, right) => left === right).size).toBe(1);
});
