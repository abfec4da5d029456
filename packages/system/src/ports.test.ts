import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { freePorts, portProblem } from './ports.ts';

it('finds as many different free ports as asked for', async () => {
  const ports = await freePorts(20);
  expect(new Set(ports).size).toBe(20);
  expect(await Promise.all(ports.map((port) => portProblem(port)))).toEqual(ports.map(() => undefined));
});

it('does not hand out a port twice to callers that run at the same time or shortly after each other', async () => {
  const first = await Promise.all([freePorts(15), freePorts(15), freePorts(15)]);
  const all = [...first.flat(), ...(await freePorts(15))];
  expect(new Set(all).size).toBe(60);
});

it('says why a port cannot be used', async () => {
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
  expect(await portProblem(port)).toBe('EADDRINUSE');
  await new Promise((resolve) => server.close(resolve));
  expect(await portProblem(port)).toBeUndefined();
});
