import type { Logger } from '@hotel/log';
import { expect, it } from 'vitest';
import { createRepeatedErrorLog } from './repeated-error-log.ts';

it('logs an error once a minute, with the number of suppressed repetitions', () => {
  const logged: Array<[string, number | undefined]> = [];
  const log = {
    error: ({ err, left_out }: { err: Error; left_out?: number }) => logged.push([err.message, left_out]),
  } as unknown as Logger;
  let time = 0;
  const logError = createRepeatedErrorLog(log, 'the queue reports an error', () => time);
  for (; time < 61_000; time += 1_000) logError(new Error('OOM'));
  logError(new Error('READONLY'));
  expect(logged).toEqual([
    ['OOM', undefined],
    ['OOM', 59],
    ['READONLY', undefined],
  ]);
});
