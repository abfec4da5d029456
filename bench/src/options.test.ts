import { expect, it } from 'vitest';
import { readOptions } from './options.ts';

const known = ['throughput', 'memory'];

it('asks every question three times with 30 s of load by default', () => {
  expect(readOptions([], known)).toEqual({
    names: known,
    rounds: 3,
    runs: 1,
    minutes: 0.5,
    force: false,
    write: false,
    report: false,
  });
  const options = readOptions(['memory', '--minutes', '0.1', '--rounds=5', '--force', '--write'], known);
  expect(options).toMatchObject({ names: ['memory'], minutes: 0.1, rounds: 5, force: true, write: true });
});

it.each([
  [['speed'], 'There is no question speed.'],
  [['--fast'], "Unknown option '--fast'"],
  [['--rounds', 'many'], '--rounds takes a number above 0, not "many".'],
  [['--rounds', '1.5'], '--rounds takes a number above 0, not "1.5".'],
  [['--minutes', '0'], '--minutes takes a number above 0, not "0".'],
])('says of %j what is wrong, and how it is used', (args, problem) => {
  expect(() => readOptions(args, known)).toThrow(problem);
  expect(() => readOptions(args, known)).toThrow('Usage: pnpm bench [throughput|memory]...');
});
