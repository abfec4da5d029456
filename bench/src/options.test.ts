import { readArguments } from '@hotel/cli';
import { expect, it } from 'vitest';
import { readOptions, specOf } from './options.ts';

const known = ['throughput', 'memory'];
const read = (args: string[]) => readOptions(readArguments(args, specOf(known)), known);

it('asks every question three times with 30 s of load by default', () => {
  expect(read([])).toEqual({
    names: known,
    rounds: 3,
    runs: 1,
    minutes: 0.5,
    force: false,
    against: undefined,
    write: false,
    report: false,
  });
  const options = read(['memory', '--minutes', '0.1', '--rounds=5', '--force', '--write', '--against=HEAD~1']);
  expect(options).toEqual({
    names: ['memory'],
    rounds: 5,
    runs: 1,
    minutes: 0.1,
    force: true,
    against: 'HEAD~1',
    write: true,
    report: false,
  });
});

it.each([
  [['speed'], 'There is no question speed.'],
  [['--fast'], "Unknown option '--fast'"],
  [['--rounds', 'many'], '--rounds takes a whole number above 0, not "many".'],
  [['--rounds', '1.5'], '--rounds takes a whole number above 0, not "1.5".'],
  [['--minutes', '0'], '--minutes takes a number above 0, not "0".'],
])('rejects %j: %s', (args, problem) => {
  expect(() => read(args)).toThrow(problem);
});
