import { type RunningSystem, SystemError } from '@hotel/system';
import { expect, it } from 'vitest';
import { createReloader } from './reload.ts';

function reloader(restart: RunningSystem['restart']) {
  const printed: string[] = [];
  const stop = new AbortController();
  const reload = createReloader({ system: { restart }, print: (text) => printed.push(text), stopped: stop.signal });
  return { printed, stop, reload };
}

it('restarts the processes of a change and reports it', async () => {
  const { printed, reload } = reloader(async () => {});
  await reload({ file: 'lib/src/a.ts', processes: ['a', 'b'] });
  expect(printed).toEqual(['lib/src/a.ts changed: restarting a, b', 'a is ready again', 'b is ready again']);
});

it('restarts a process that changes during its start without waiting for that start, and leaves other processes running', async () => {
  const started: string[] = [];
  const { printed, reload } = reloader(async (name, _, signal) => {
    started.push(name);
    // The first version of a hangs and never gets ready.
    if (name === 'a' && started.filter((one) => one === 'a').length < 2) await untilAborted(signal);
  });
  const first = reload({ file: '1', processes: ['a', 'b'] });
  await expect.poll(() => started.length).toBe(2);
  await Promise.all([first, reload({ file: '2', processes: ['a'] }), reload({ file: '3', processes: ['a'] })]);
  expect(started).toEqual(['a', 'b', 'a']);
  expect(printed.filter((text) => text.endsWith('is ready again'))).toEqual(['b is ready again', 'a is ready again']);
});

function untilAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
}

it('reports a process that fails to start without repeating its output, and retries at the next change', async () => {
  let broken = true;
  const { printed, reload } = reloader(async () => {
    if (broken) throw new SystemError('a ended with code 1 before it was ready.\n    SyntaxError: Expression expected');
  });
  await reload({ file: 'x', processes: ['a'] });
  expect(printed.at(-1)).toBe('a ended with code 1 before it was ready.\na stays down until the next change.');
  broken = false;
  await reload({ file: 'y', processes: ['a'] });
  expect(printed.at(-1)).toBe('a is ready again');
});

it('restarts nothing once the run is stopping', async () => {
  const { printed, stop, reload } = reloader(async () => {});
  stop.abort();
  await reload({ file: 'x', processes: ['a'] });
  expect(printed).toEqual([]);
});
