import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const FREE = { VIEWER_PORT: '0', VIEWER_HEALTH_PORT: '0', OTLP_GRPC_PORT: '0', OTLP_HTTP_PORT: '0' };

interface Run {
  child: ChildProcess;
  output: { stdout: string; stderr: string };
  exit: Promise<number | null>;
}

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

function run(env: Record<string, string>, args: string[] = [], flags: string[] = []): Run {
  const child = spawn(process.execPath, [...flags, MAIN, ...args], {
    env: { ...process.env, HOTEL_HOST: '127.0.0.1', ...FREE, ...env },
  });
  running.push(child);
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (output.stdout += chunk));
  child.stderr.on('data', (chunk) => (output.stderr += chunk));
  return { child, output, exit: once(child, 'close').then(([code]) => code as number | null) };
}

/** The first line of the log. */
async function listening(started: Run): Promise<Record<string, number>> {
  while (!started.output.stdout.includes('\n')) {
    const ended = await Promise.race([
      once(started.child.stdout as NodeJS.ReadableStream, 'data').then(() => false),
      started.exit.then(() => true),
    ]);
    if (ended) throw new Error(`the viewer ended: ${started.output.stderr}`);
  }
  return JSON.parse(started.output.stdout.split('\n')[0] ?? '') as Record<string, number>;
}

describe('the process', () => {
  test('logs its ports, answers its health check and exits on SIGTERM', async () => {
    const viewer = run({});
    const line = await listening(viewer);
    expect(line).toMatchObject({ level: 'info', service: 'viewer', msg: 'listening', time: expect.any(String) });
    const status = await fetch(`http://127.0.0.1:${line.health}/status`);
    expect(status.status).toBe(200);
    expect(await status.json()).toMatchObject({ status: 'StatusOK' });
    viewer.child.kill('SIGTERM');
    expect(await viewer.exit).toBe(0);
    expect(viewer.output.stderr).toBe('');
  });

  test('collects the garbage of its startup, if --expose-gc is set', async () => {
    const viewer = run({}, [], ['--trace-gc', '--expose-gc']);
    await expect.poll(() => viewer.output.stdout, { timeout: 20_000 }).toMatch(/Mark-Compact .* testing; /);
    viewer.child.kill('SIGTERM');
    expect(await viewer.exit).toBe(0);
  });

  test('exits with 0 on SIGINT although a client keeps its connection open', async () => {
    const viewer = run({});
    const { query } = await listening(viewer);
    await (await fetch(`http://127.0.0.1:${query}/api/v3/services`, { keepalive: true })).text();
    viewer.child.kill('SIGINT');
    expect(await viewer.exit).toBe(0);
  });

  test('prints help on request, opens nothing, and exits with 0', async () => {
    const viewer = run({ VIEWER_PORT: 'high' }, ['--help']);
    expect(await viewer.exit).toBe(0);
    expect(viewer.output.stderr).toBe('');
    expect(viewer.output.stdout).toMatch(/^Usage: viewer \[--help\]\n/);
  });

  test('reports an unknown argument, opens nothing, and exits with 2', async () => {
    const viewer = run({}, ['--port=1']);
    expect(await viewer.exit).toBe(2);
    expect(viewer.output.stdout).toBe('');
    expect(viewer.output.stderr).toMatch(/^viewer takes no arguments, but was given '--port=1'\.\n\nUsage: viewer/);
  });

  test('reports all invalid variables in one message before it listens', async () => {
    const viewer = run({ VIEWER_PORT: 'high', OTLP_GRPC_PORT: '70000', VIEWER_MAX_SPANS: '-1', LOG_LEVEL: 'loud' });
    expect(await viewer.exit).toBe(1);
    expect(viewer.output.stdout).toBe('');
    expect(viewer.output.stderr).toBe(`viewer cannot start:
  LOG_LEVEL is "loud": it should be one of trace, debug, info, warn, error, fatal, silent
  VIEWER_PORT is "high": it should be a whole number from 0 to 65535
  OTLP_GRPC_PORT is "70000": it should be a whole number from 0 to 65535
  VIEWER_MAX_SPANS is "-1": it should be a whole number from 1 to 10000000
`);
  });

  test.each(['VIEWER_PORT', 'VIEWER_HEALTH_PORT', 'OTLP_GRPC_PORT', 'OTLP_HTTP_PORT'])(
    'reports a taken %s with its port',
    async (variable) => {
      const taken = createServer().listen(0, '127.0.0.1');
      await once(taken, 'listening');
      const { port } = taken.address() as AddressInfo;
      const viewer = run({ [variable]: String(port) });
      expect(await viewer.exit).toBe(1);
      expect(viewer.output.stderr).toBe(
        `viewer cannot start: port ${port} is taken: stop what listens there, or set ${variable} to another port\n`,
      );
      taken.close();
    },
  );
});
