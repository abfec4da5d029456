import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { fakeProcess, fakeSystem } from '../../test/fake-system.ts';
import { freePorts } from './ports.ts';
import { resolvePorts } from './resolve-ports.ts';

const [standardA, standardB] = (await freePorts(2)) as [number, number];
const system = fakeSystem([
  fakeProcess('a', {}, { ports: { A_PORT: standardA } }),
  fakeProcess('b', {}, { ports: { B_PORT: standardB } }),
]);

it("uses the system's ports, unless the caller sets others", async () => {
  const [own] = (await freePorts(1)) as [number];
  expect(await resolvePorts(system, {}, 'default')).toEqual({ A_PORT: standardA, B_PORT: standardB });
  expect(await resolvePorts(system, { B_PORT: String(own) }, 'default')).toEqual({ A_PORT: standardA, B_PORT: own });
  expect(await resolvePorts(system, { B_PORT: '' }, 'default')).toEqual({ A_PORT: standardA, B_PORT: standardB });
});

it('uses free ports on request', async () => {
  const ports = await resolvePorts(system, {}, 'free');
  expect(Object.keys(ports)).toEqual(['A_PORT', 'B_PORT']);
  expect(Object.values(ports)).not.toContain(standardA);
});

it('names every port that is taken, the process that needs it, and the setting', async () => {
  const servers = [createServer(), createServer()];
  await Promise.all(
    servers.map((server, index) => {
      const port = index === 0 ? standardA : standardB;
      return new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    }),
  );
  try {
    const message = await resolvePorts(system, {}, 'default').catch((error: Error) => error.message);
    expect(message).toContain(`Port ${standardA} is taken, and a needs it.`);
    expect(message).toMatch(new RegExp(`Port ${standardB} is taken.*set B_PORT to another port`));
  } finally {
    for (const server of servers) server.close();
  }
});

it('rejects an invalid port, and one port for two settings', async () => {
  await expect(resolvePorts(system, { A_PORT: '80a' }, 'default')).rejects.toThrow(/A_PORT=80a is not a port/);
  await expect(resolvePorts(system, { A_PORT: '0' }, 'default')).rejects.toThrow(/A_PORT=0 is not a port/);
  await expect(resolvePorts(system, { A_PORT: '70000' }, 'default')).rejects.toThrow(/1 to 65535/);
  await expect(resolvePorts(system, { A_PORT: String(standardB) }, 'default')).rejects.toThrow(
    /B_PORT and A_PORT are both/,
  );
});
