import { expect, it } from 'vitest';
import { createAwaitingCommit } from './awaiting-commit.ts';

it('holds an event until its request publishes it', () => {
  const awaiting = createAwaitingCommit(() => 0);
  awaiting.add('a');
  awaiting.add('b');
  awaiting.delete('a');
  expect(['a', 'b', 'c'].map(awaiting.has)).toEqual([false, true, false]);
});

it('leaves the event of a failed request to the sweeps', () => {
  let time = 0;
  const awaiting = createAwaitingCommit(() => time);
  awaiting.add('failed');
  time = 15_000;
  awaiting.add('young');
  expect(awaiting.has('failed')).toBe(true);
  time = 15_001;
  expect(awaiting.has('failed')).toBe(false);
  awaiting.add('next');
  expect(['failed', 'young', 'next'].map(awaiting.has)).toEqual([false, true, true]);
});
