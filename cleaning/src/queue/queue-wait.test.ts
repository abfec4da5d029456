import { expect, it } from 'vitest';
import { createQueueWait } from './queue-wait.ts';

let time = 0;
const job = { id: 'a', timestamp: 1_000 };

it('measures the wait of a first attempt from when the job was enqueued', () => {
  time = 1_250;
  expect(createQueueWait(() => time).waitedMs(job)).toBe(250);
});

it('measures the wait of a retry from when it was due, without the backoff', () => {
  const clock = createQueueWait(() => time);
  time = 2_000;
  clock.noteRetry(job, 500);
  time = 2_507;
  expect(clock.waitedMs(job)).toBe(7);
});

it('uses the due time of a retry for one attempt only', () => {
  const clock = createQueueWait(() => time);
  time = 2_000;
  clock.noteRetry(job, 500);
  time = 2_500;
  clock.waitedMs(job);
  expect(clock.waitedMs(job)).toBe(1_500);
});

it("reports a negative wait when the producer's clock is ahead", () => {
  time = 500;
  expect(createQueueWait(() => time).waitedMs(job)).toBe(-500);
});

it("never reports a negative wait for a retry, which is due by this process's clock", () => {
  const clock = createQueueWait(() => time);
  time = 2_000;
  clock.noteRetry(job, 500);
  time = 2_499;
  expect(clock.waitedMs(job)).toBe(0);
});
