import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { freePort } from '../test/port.ts';

/** Longer than the test needs between two requests. */
const DRAIN_MS = 5_000;

it('a process that drains still serves, and asks clients to connect again', async () => {
  const port = await freePort();
  const child = spawn(process.execPath, [join(import.meta.dirname, '../test/fixtures/draining.ts')], {
    env: { ...process.env, PORT: String(port), HOTEL_DRAIN_MS: String(DRAIN_MS) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const logged = async (message: string) => {
    for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
      if (String(chunk).includes(`"msg":"${message}"`)) return;
    }
  };
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const connectionOf = async () => {
    const [response] = (await once(get({ port, agent }), 'response')) as [IncomingMessage];
    await once(response.resume(), 'end');
    return response.headers.connection;
  };
  await logged('ready');
  expect(await connectionOf()).toBe('keep-alive');
  child.kill('SIGTERM');
  await logged('closing');
  // The open connection, then a new one.
  expect([await connectionOf(), await connectionOf()]).toEqual(['close', 'close']);
  agent.destroy();
  child.stdout.resume();
  expect(await once(child, 'exit')).toEqual([0, null]);
});
