import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { freePorts, portProblem } from './ports.ts';

it('finds the requested number of different free ports', async () => {
  const ports = await freePorts(20);
  expect(new Set(ports).size).toBe(20);
  expect(await Promise.all(ports.map((port) => portProblem(port)))).toEqual(ports.map(() => undefined));
});

it('does not return a port twice to concurrent or successive callers', async () => {
  const first = await Promise.all([freePorts(15), freePorts(15), freePorts(15)]);
  const all = [...first.flat(), ...(await freePorts(15))];
  expect(new Set(all).size).toBe(60);
});

it('reports why a port cannot be used', async () => {
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
  expect(await portProblem(port)).toBe('EADDRINUSE');
  await new Promise((resolve) => server.close(resolve));
  expect(await portProblem(port)).toBeUndefined();
});
