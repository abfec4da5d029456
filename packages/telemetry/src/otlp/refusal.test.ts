import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { NOT_ACCEPTED, quietWhenRefused } from './refusal.ts';

beforeAll(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterAll(() => void vi.useRealTimers());

const failed = (code: number): ExportResult => ({
  code: ExportResultCode.FAILED,
  error: Object.assign(new Error('no'), { code }),
});
let answer: ExportResult;
let sent: number[];
let refusals: number[];
let quiet: ReturnType<typeof quietWhenRefused<number[]>>;
beforeEach(() => {
  sent = [];
  refusals = [];
  quiet = quietWhenRefused<number[]>(
    {
      export(items, done) {
        sent.push(...items);
        done(answer);
      },
      shutdown: async () => {},
    },
    (code) => void refusals.push(code),
  );
});

function send(item: number): ExportResult {
  const results: ExportResult[] = [];
  quiet.export([item], (result) => void results.push(result));
  expect(results).toHaveLength(1);
  return results[0] as ExportResult;
}

it.each([12, 404, 405, 501])(
  'after the refusal %i nothing is sent for ten minutes, and it is reported once',
  (code) => {
    answer = failed(code);
    expect(send(1).error?.name).toBe(NOT_ACCEPTED);
    expect(send(2)).toMatchObject({ code: ExportResultCode.FAILED, error: { name: NOT_ACCEPTED } });
    expect([sent, refusals, quiet.isOpen()]).toEqual([[1], [code], false]);
    vi.advanceTimersByTime(600_000);
    expect(quiet.isOpen()).toBe(true);
    send(3);
    expect([sent, refusals, quiet.isOpen()]).toEqual([[1, 3], [code], false]);
    vi.advanceTimersByTime(600_000);
    answer = { code: ExportResultCode.SUCCESS };
    expect(send(4)).toBe(answer);
    expect(send(5)).toBe(answer);
  },
);

it.each([14, 429, 503])('the failure %i is passed on, and the next batch is sent', (code) => {
  answer = failed(code);
  expect([send(1), send(2)]).toEqual([answer, answer]);
  expect([sent, refusals]).toEqual([[1, 2], []]);
});
