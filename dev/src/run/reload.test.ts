import { SystemError } from '@hotel/system';
import { expect, it } from 'vitest';
import { createReloader } from './reload.ts';

function reloader(restart: (name: string) => Promise<void>) {
  const said: string[] = [];
  const stop = new AbortController();
  const reload = createReloader({ system: { restart }, say: (text) => said.push(text), stopped: stop.signal });
  return { said, stop, reload };
}

it('restarts the processes of a change and says so', async () => {
  const { said, reload } = reloader(async () => {});
  await reload({ file: 'lib/src/a.ts', processes: ['a', 'b'] });
  expect(said).toEqual(['lib/src/a.ts changed: restarting a, b', 'a is back', 'b is back']);
});

it('puts together what changes while it restarts', async () => {
  const restarted: string[] = [];
  const gate = Promise.withResolvers<void>();
  const { reload } = reloader(async (name) => {
    restarted.push(name);
    if (restarted.length === 1) await gate.promise;
  });
  const all = [reload({ file: '1', processes: ['a'] })];
  await Promise.resolve();
  await Promise.resolve();
  all.push(reload({ file: '2', processes: ['a'] }), reload({ file: '3', processes: ['a', 'b'] }));
  gate.resolve();
  await Promise.all(all);
  expect(restarted).toEqual(['a', 'a', 'b']);
});

it('says why a process does not come back, and tries again at the next change', async () => {
  let broken = true;
  const { said, reload } = reloader(async () => {
    if (broken) throw new SystemError('a ended with code 1 before it was ready.');
  });
  await reload({ file: 'x', processes: ['a'] });
  expect(said.at(-1)).toBe('a ended with code 1 before it was ready.\na waits for the next change.');
  broken = false;
  await reload({ file: 'y', processes: ['a'] });
  expect(said.at(-1)).toBe('a is back');
});

it('restarts nothing any more once the run is being stopped', async () => {
  const { said, stop, reload } = reloader(async () => {});
  stop.abort();
  await reload({ file: 'x', processes: ['a'] });
  expect(said).toEqual([]);
});
