import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { createLogger, type Logger } from './logger.ts';

const SECRET = 'hunter2-of-mrs-miller';

function written(log: (logger: Logger) => void): string {
  const lines: string[] = [];
  log(createLogger('test', { write: (line) => void lines.push(line) }));
  return lines.join('');
}
const reply = () =>
  Object.assign(new Error('OOM command not allowed'), { code: 'OOM', command: { name: 'evalsha', args: [SECRET] } });

it.each<[string, (log: Logger) => void]>([
  ['as err', (log) => log.error({ err: reply() }, 'failed')],
  ['under another name', (log) => log.warn({ reason: reply(), id: 1 }, 'failed')],
  ['alone', (log) => log.error(reply())],
  ['with a message', (log) => log.error(reply(), 'failed')],
  ['in a message', (log) => log.error('failed: %s', reply())],
  ['by a child', (log) => log.child({ component: 'queue' }).error({ err: reply() })],
  ['as a look-alike', (log) => log.error({ err: { ...reply(), message: 'OOM command not allowed' } })],
])("an error that is logged %s shows its message, but not a library's extra properties", (_how, log) => {
  const line = written(log);
  expect(JSON.parse(line)).toMatchObject({ service: 'test' });
  expect(line).toContain('OOM command not allowed');
  expect(line).not.toContain(SECRET);
});

it.each<[string, (log: Logger, error: Error) => void]>([
  ['as err', (log, err) => log.error({ err }, 'failed')],
  ['under another name', (log, reason) => log.error({ reason }, 'failed')],
  ['alone', (log, error) => log.error(error)],
  ['by a child', (log, err) => log.child({ component: 'queue' }).error({ err })],
])('an error that is logged %s keeps its class and that of its cause', (_how, log) => {
  const line = JSON.parse(
    written((logger) => log(logger, new TypeError('no room', { cause: new RangeError('no key') }))),
  );
  expect(line.err ?? line.reason).toMatchObject({
    type: 'TypeError',
    stack: expect.stringMatching(/^TypeError: no room\n +at /),
    cause: { type: 'RangeError', message: 'no key' },
  });
});

it.each([
  `Redis cannot be reached: redis://:${SECRET}@127.0.0.1:6379`,
  `Redis cannot be reached: ERR unknown command 'auth', with args beginning with: '${SECRET}' '${SECRET}'`,
])('no line contains the secret in %j', (text) => {
  for (const line of [written((log) => log.warn(text)), written((log) => log.warn({ deep: [{ text }] }, 'failed'))]) {
    expect(JSON.parse(line)).toMatchObject({ level: 'warn' });
    expect(line).not.toContain(SECRET);
  }
});

it('writes an ordinary line unchanged', () => {
  const line = written((log) => log.info({ booking_id: 1, room: '101' }, 'booked by %s', 'desk@hotel.example'));
  expect(JSON.parse(line)).toMatchObject({ booking_id: 1, room: '101', msg: 'booked by desk@hotel.example' });
});

it('writes lines in order, even when the thread pool is busy and the process exits after the last one', async () => {
  const program = `
    import { pbkdf2 } from 'node:crypto';
    import { createLogger } from ${JSON.stringify(new URL('logger.ts', import.meta.url).href)};
    pbkdf2('', '', 300_000, 64, 'sha512', () => {});
    const log = createLogger('test');
    for (const level of ['info', 'warn', 'fatal']) log[level](level);
    setTimeout(() => process.exit(1), 1);
  `;
  const failed = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
    env: { UV_THREADPOOL_SIZE: '1' },
  }).catch((error: { code: number; stdout: string }) => error);
  const lines = failed.stdout.trim().split('\n');
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['info', 'warn', 'fatal']);
});
