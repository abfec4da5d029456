import { type RunningSystem, SystemError } from '@hotel/system';
import { expect, it } from 'vitest';
import { createReloader } from './reload.ts';

function reloader(restart: RunningSystem['restart']) {
  const said: string[] = [];
  const stop = new AbortController();
  const reload = createReloader({ system: { restart }, say: (text) => said.push(text), stopped: stop.signal });
  return { said, stop, reload };
}

it('restarts the processes of a change and reports it', async () => {
  const { said, reload } = reloader(async () => {});
  await reload({ file: 'lib/src/a.ts', processes: ['a', 'b'] });
  expect(said).toEqual(['lib/src/a.ts changed: restarting a, b', 'a is back', 'b is back']);
});

it('starts a process again that changes while it starts, without waiting for that start, and leaves the others alone', async () => {
  const started: string[] = [];
  const { said, reload } = reloader(async (name, _, signal) => {
    started.push(name);
    // The first version of a hangs and never gets ready.
    if (name === 'a' && started.filter((one) => one === 'a').length < 2) await untilAborted(signal);
  });
  const first = reload({ file: '1', processes: ['a', 'b'] });
  await expect.poll(() => started.length).toBe(2);
  await Promise.all([first, reload({ file: '2', processes: ['a'] }), reload({ file: '3', processes: ['a'] })]);
  expect(started).toEqual(['a', 'b', 'a']);
  expect(said.filter((text) => text.endsWith('is back'))).toEqual(['b is back', 'a is back']);
});

function untilAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
}

it('says that a process does not come back, without the output that is above, and tries again at the next change', async () => {
  let broken = true;
  const { said, reload } = reloader(async () => {
    if (broken) throw new SystemError('a ended with code 1 before it was ready.\n    SyntaxError: Expression expected');
  });
  await reload({ file: 'x', processes: ['a'] });
  expect(said.at(-1)).toBe('a ended with code 1 before it was ready.\na waits for the next change.');
  broken = false;
  await reload({ file: 'y', processes: ['a'] });
  expect(said.at(-1)).toBe('a is back');
});

it('restarts nothing once the run is stopping', async () => {
  const { said, stop, reload } = reloader(async () => {});
  stop.abort();
  await reload({ file: 'x', processes: ['a'] });
  expect(said).toEqual([]);
});
