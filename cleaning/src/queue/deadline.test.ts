import { expect, it } from 'vitest';
import { DeadlineError, withDeadline } from './deadline.ts';

it('passes on what the work returns or throws', async () => {
  expect(await withDeadline(60_000, async () => 7)).toBe(7);
  const work = async () => {
    throw new Error('no towels');
  };
  await expect(withDeadline(60_000, work)).rejects.toThrow('no towels');
});

it('ends work that takes too long, and does not wait for it to notice', async () => {
  let told: unknown;
  const late = withDeadline(5, (signal) => {
    signal.addEventListener('abort', () => {
      told = signal.reason;
    });
    return new Promise(() => {});
  });
  await expect(late).rejects.toThrow('not done within 0.005 s');
  expect(told).toBeInstanceOf(DeadlineError);
});
