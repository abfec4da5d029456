import { expect, it } from 'vitest';
import { DeadlineError, withDeadline } from './deadline.ts';

it('settles like the work that is done in time', async () => {
  expect(await withDeadline(60_000, async () => 7)).toBe(7);
  const work = async () => {
    throw new Error('no towels');
  };
  await expect(withDeadline(60_000, work)).rejects.toThrow('no towels');
});

it('rejects when the work takes too long, without waiting for it to stop', async () => {
  let reason: unknown;
  const late = withDeadline(5, (signal) => {
    signal.addEventListener('abort', () => {
      reason = signal.reason;
    });
    return new Promise(() => {});
  });
  await expect(late).rejects.toThrow('not done within 0.005 s');
  expect(reason).toBeInstanceOf(DeadlineError);
});
