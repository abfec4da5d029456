import { expect, it } from 'vitest';
import { freePort, holdPort } from '../test/port.ts';
import type { ListenOptions } from './listen.ts';
import { listenBoth } from './listen-both.ts';

const listener = (port: number, text: string): ListenOptions => ({
  app: { fetch: () => new Response(text) },
  port,
  portName: `${text.toUpperCase()}_PORT`,
  host: '127.0.0.1',
  edge: 'continue',
});
const read = async (port: number) => (await fetch(`http://127.0.0.1:${port}/`)).text();

it('opens a public and an internal listener, and closes both', async () => {
  const resources = new AsyncDisposableStack();
  const [outer, inner] = [await freePort(), await freePort()];
  await listenBoth(resources, { publicly: listener(outer, 'public'), internally: listener(inner, 'internal') });
  expect(await Promise.all([read(outer), read(inner)])).toEqual(['public', 'internal']);
  await resources.disposeAsync();
  await expect(read(outer)).rejects.toThrow();
  await expect(read(inner)).rejects.toThrow();
});

it('opens neither listener when one of the ports is taken', async () => {
  const [free, { port: taken, release }] = [await freePort(), await holdPort()];
  for (const [outer, inner] of [
    [taken, free],
    [free, taken],
  ] as const) {
    await using resources = new AsyncDisposableStack();
    const both = { publicly: listener(outer, 'public'), internally: listener(inner, 'internal') };
    await expect(listenBoth(resources, both)).rejects.toThrow(`port ${taken} is taken`);
    await expect(read(free)).rejects.toThrow();
  }
  await release();
});
