import { beforeEach, describe, expect, it } from 'vitest';
import { type Breaker, CircuitOpenError, createBreaker } from './breaker.ts';

let now: number;
let transitions: string[];
let asked: number;
let breaker: Breaker;
beforeEach(() => {
  now = 0;
  transitions = [];
  asked = 0;
  breaker = createBreaker({
    failures: 3,
    openMs: 1_000,
    now: () => now,
    onOpen: (error) => transitions.push(`open: ${(error as Error).message}`),
    onClose: () => transitions.push('closed'),
  });
});

const succeed = () =>
  breaker(async () => {
    asked++;
    return 'answer';
  });
const fail = () =>
  breaker(async () => {
    asked++;
    throw new Error('refused');
  });
const failTimes = async (count: number) => {
  for (let i = 0; i < count; i++) await expect(fail()).rejects.toThrow('refused');
};

it('passes calls, results and errors through', async () => {
  expect(await succeed()).toBe('answer');
  await failTimes(2);
  expect(await succeed()).toBe('answer');
});

it('resets its count on success: only consecutive failures count', async () => {
  await failTimes(2);
  await succeed();
  await failTimes(2);
  expect(await succeed()).toBe('answer');
  expect(transitions).toEqual([]);
});

describe('after too many consecutive failures', () => {
  beforeEach(() => failTimes(3));

  it('fails immediately without a call, and logs once', async () => {
    await expect(succeed()).rejects.toThrow(CircuitOpenError);
    expect(asked).toBe(3);
    expect(transitions).toEqual(['open: refused']);
  });

  it('allows probe calls after a pause, one at a time', async () => {
    now = 1_000;
    const probe = Promise.withResolvers<string>();
    const first = breaker(() => probe.promise);
    await expect(succeed()).rejects.toThrow(CircuitOpenError);
    probe.resolve('back');
    expect(await first).toBe('back');
    expect(await succeed()).toBe('answer');
    expect(transitions).toEqual(['open: refused', 'closed']);
  });

  it('stays open for another pause when the probe fails, without logging again', async () => {
    now = 1_000;
    await failTimes(1);
    now = 1_999;
    await expect(succeed()).rejects.toThrow(CircuitOpenError);
    now = 2_000;
    expect(await succeed()).toBe('answer');
    expect(transitions).toEqual(['open: refused', 'closed']);
  });
});

it('ignores calls that began before it opened', async () => {
  const late = Promise.withResolvers<never>();
  const begun = breaker(() => late.promise);
  await failTimes(3);
  now = 900;
  late.reject(new Error('late'));
  await expect(begun).rejects.toThrow('late');
  now = 1_000;
  expect(await succeed()).toBe('answer');
});
