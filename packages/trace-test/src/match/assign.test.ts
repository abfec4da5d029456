import { expect, test } from 'vitest';
import { assign } from './assign.ts';

test('leaves a scarce partner to the element that fits nothing else', () => {
  const fits = (left: string, right: string) => left === 'any' || left === right;
  expect([...assign(['any', 'b'], ['b', 'c'], fits)]).toEqual(
    expect.arrayContaining([
      [0, 'c'],
      [1, 'b'],
    ]),
  );
});

test('gives equal elements on the left different partners', () => {
  expect(assign(['x', 'x'], [{ is: 'x' }, { is: 'x' }], (left, { is }) => left === is).size).toBe(2);
});

test('assigns each element on the right at most once', () => {
  expect(assign(['x', 'x'], ['x'], (left, right) => left === right).size).toBe(1);
});
