import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';

/** Runs `fixtures/process.ts`, sends it `signal` when it logs `when`, and returns its exit and its log. */
async function life(options: {
  broken?: string;
  signal?: NodeJS.Signals;
  when?: string;
  flags?: string[];
  args?: string[];
  env?: Record<string, string>;
}) {
  const { broken = '', signal = 'SIGTERM', when = 'ready', flags = [], args = [], env = {} } = options;
  const child = spawn(process.execPath, [...flags, join(import.meta.dirname, '../test/fixtures/process.ts'), ...args], {
    // Preloads are resolved from here.
    cwd: import.meta.dirname,
    env: { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, BREAK: broken, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  let isSignalled = false;
  child.stderr.on('data', (data) => {
    errors += data;
  });
  child.stdout.on('data', (data) => {
    output += data;
    if (isSignalled || !output.includes(`"msg":"${when}"`)) return;
    isSignalled = true;
    child.kill(signal);
  });
  const [code, killedBy] = await once(child, 'close');
  const log = output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { level: string; service: string; msg: string });
  return { code, killedBy, errors, output, log, messages: log.map(({ msg }) => msg) };
}

describe('a process', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'closes its resources in reverse order on %s, and exits with 0',
    async (signal) => {
      const { code, killedBy, messages } = await life({ signal });
      expect({ code, killedBy }).toEqual({ code: 0, killedBy: null });
      expect(messages).toEqual(['ready', 'closing', 'listener closed', 'queue closed', 'database closed', 'closed']);
    },
  );

  it('prints its usage with --help, starts nothing, and exits with 0', async () => {
    const { code, output, errors, log } = await life({ args: ['--help'], broken: 'config' });
    expect({ code, errors, log }).toEqual({ code: 0, errors: '', log: [] });
    expect(output).toMatch(/^Usage: fixture \[--help\]\n/);
    expect(output).toContain('What every process does:');
    expect(output).toContain('docs/settings.md');
  });

  it('names an unknown argument, starts nothing, and exits with 2', async () => {
    const { code, output, errors } = await life({ args: ['--port=1'] });
    expect({ code, output }).toEqual({ code: 2, output: '' });
    expect(errors).toMatch(/^fixture takes no arguments, but was given '--port=1'\.\n\nUsage: fixture/);
  });

  it('logs why it cannot start, closes its resources, and exits with 1', async () => {
    const { code, log, messages } = await life({ broken: 'start' });
    expect(code).toBe(1);
    expect(log[0]).toMatchObject({
      level: 'fatal',
      service: 'fixture',
      msg: 'could not start: port 8080 is taken by another program',
    });
    expect(messages.slice(1)).toEqual(['queue closed', 'database closed', 'closed']);
  });

  it('logs that a resource does not close in time, and exits with 1', async () => {
    const { code, killedBy, messages } = await life({ broken: 'close' });
    expect({ code, killedBy }).toEqual({ code: 1, killedBy: null });
    expect(messages).toEqual(['ready', 'closing', 'a resource did not close in time; exiting anyway']);
  });

  it('logs which resources cannot be closed, closes the others, and exits with 1', async () => {
    const { code, killedBy, messages, errors } = await life({ broken: 'dispose' });
    expect({ code, killedBy, errors }).toEqual({ code: 1, killedBy: null, errors: '' });
    expect(messages).toEqual([
      'ready',
      'closing',
      'listener closed',
      'queue closed',
      'database closed',
      'could not close: the second does not close',
      'could not close: the first does not close',
      'closed',
    ]);
  });

  it.each([
    ['rejection', 'unhandled rejection: nobody handles this'],
    ['rejection of nothing', 'unhandled rejection: undefined'],
    ['rejection of what has no text', 'unhandled rejection: '],
    ['exception', 'uncaught exception: nobody catches this'],
  ])('logs an unhandled %s as JSON, and exits with 1', async (broken, message) => {
    const { code, killedBy, log, errors } = await life({ broken, when: 'never' });
    expect({ code, killedBy, errors }).toEqual({ code: 1, killedBy: null, errors: '' });
    expect(log.map(({ level, msg }) => [level, msg])).toEqual([
      ['info', 'ready'],
      ['fatal', message],
    ]);
  });

  it('exports the spans that may explain an unhandled rejection', async () => {
    const bodies: string[] = [];
    const collector = createServer(async (request, response) => {
      bodies.push(await text(request));
      response.setHeader('content-type', 'application/json').end('{}');
    });
    await once(collector.listen(0, '127.0.0.1'), 'listening');
    const { code, messages } = await life({
      broken: 'rejection in a span',
      when: 'never',
      flags: ['--import', '@hotel/telemetry/register'],
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      },
    });
    collector.close();
    expect({ code, messages }).toEqual({
      code: 1,
      messages: ['ready', 'unhandled rejection: nobody handles this span'],
    });
    expect(bodies.join()).toContain('"name":"doomed"');
  });

  it('logs as JSON that its configuration cannot be read, and exits with 1', async () => {
    const { code, log, errors } = await life({ broken: 'load' });
    expect({ code, errors }).toEqual({ code: 1, errors: '' });
    expect(log).toMatchObject([{ level: 'fatal', msg: 'could not start: there is no configuration' }]);
  });

  it('logs the output of libraries and Node, without the properties of errors', async () => {
    const { code, log, errors, output } = await life({
      broken: 'console',
      when: 'MaxListenersExceededWarning: listeners leak',
    });
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(log.filter((line) => 'component' in line)).toMatchObject([
      {
        level: 'warn',
        component: 'console',
        msg: 'IMPORTANT! Eviction policy is allkeys-lru. It should be "noeviction"',
      },
      { level: 'error', component: 'console', msg: 'refused', err: { message: 'refused' } },
      { level: 'warn', component: 'console', msg: 'MaxListenersExceededWarning: listeners leak' },
    ]);
    expect(output).not.toContain('hush');
  });

  it('collects the garbage of its startup, if --expose-gc is set', async () => {
    const asked = /Mark-Compact .* testing; /;
    expect((await life({ flags: ['--trace-gc', '--expose-gc'] })).output).toMatch(asked);
    expect((await life({ flags: ['--trace-gc'] })).output).not.toMatch(asked);
  });

  it('prints invalid settings, starts nothing, and exits with 1', async () => {
    const { code, killedBy, log, errors } = await life({ broken: 'config' });
    expect({ code, killedBy, log, errors }).toEqual({
      code: 1,
      killedBy: null,
      log: [],
      errors: 'BREAK is invalid\n',
    });
  });

  it('exits after a signal during startup', async () => {
    const { code, messages } = await life({ broken: 'slow start', when: 'starting' });
    expect(code).toBe(0);
    expect(messages).toContain('listener closed');
  });
});
