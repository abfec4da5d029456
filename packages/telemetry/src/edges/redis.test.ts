import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { beforeEach, describe, expect, it } from 'vitest';
import { insideOfASpan, startSdk } from '../../test/sdk.ts';
import { telemetryState } from '../setup/state.ts';
import { traceRedis } from './redis.ts';

const sdk = startSdk();

/** As in ioredis: settles once, by one of the two. */
class Command {
  readonly name: string;
  readonly replies: unknown[] = [];
  readonly errors: Error[] = [];
  constructor(name: string, batch: { inTransaction?: boolean; pipelineIndex?: number } = {}) {
    this.name = name;
    Object.assign(this, batch);
  }
  resolve = (reply: unknown): unknown => this.replies.push(reply);
  reject = (error: Error): void => void this.errors.push(error);
}

function createClass() {
  return class Redis {
    options = { host: 'redis.test', port: 6379 };
    sent: Command[] = [];
    sendCommand(command: Command): string {
      this.sent.push(command);
      return `sent ${command.name}`;
    }
  };
}

function createTraced() {
  const Redis = createClass();
  traceRedis(Redis);
  return new Redis();
}

const replyError = (message: string) => Object.assign(new Error(message), { name: 'ReplyError' });
const spans = () => sdk.spans().filter(({ kind }) => kind === SpanKind.CLIENT);

describe.each([
  ['a span of the SDK', false],
  ['a span from a template', true],
])('as %s, a command', (_what, useTemplates) => {
  beforeEach(() => {
    sdk.useTemplates = useTemplates;
  });

  it('is a CLIENT span from sending it to its reply', async () => {
    const redis = createTraced();
    const command = new Command('evalsha');
    const { parent, result } = await insideOfASpan(() => redis.sendCommand(command));
    expect(result).toBe('sent evalsha');
    expect(spans()).toEqual([]);
    command.resolve('OK');
    expect(command.replies).toEqual(['OK']);
    expect(redis.sent).toEqual([command]);
    expect(spans()).toMatchObject([
      {
        name: 'evalsha',
        parentSpanContext: { spanId: parent.spanId },
        attributes: {
          'db.system.name': 'redis',
          'db.operation.name': 'evalsha',
          'db.query.text': 'evalsha',
          'server.address': 'redis.test',
          'server.port': 6379,
        },
      },
    ]);
  });

  it('has the batch that it belongs to in the name of its operation', async () => {
    const redis = createTraced();
    const commands = [
      new Command('multi', { pipelineIndex: 0 }),
      new Command('hset', { pipelineIndex: 1, inTransaction: true }),
      new Command('exec', { pipelineIndex: 2 }),
      new Command('get', { pipelineIndex: 0 }),
    ];
    await insideOfASpan(() => {
      for (const command of commands) redis.sendCommand(command);
    });
    for (const command of commands) command.resolve('OK');
    expect(spans().map(({ name, attributes }) => [name, attributes['db.operation.name']])).toEqual([
      ['multi', 'multi'],
      ['hset', 'MULTI hset'],
      ['exec', 'exec'],
      ['get', 'PIPELINE get'],
    ]);
  });

  it.each([
    ['an error of Redis has its prefix', replyError('OOM command not allowed'), 'OOM', 'OOM'],
    ['a lost connection has none', Object.assign(new Error('reset'), { code: 'ECONNRESET' }), 'ECONNRESET', undefined],
  ])('that fails has status ERROR; %s', async (_what, error, errorType, status) => {
    const command = new Command('get');
    await insideOfASpan(() => createTraced().sendCommand(command));
    command.reject(error);
    expect(command.errors).toEqual([error]);
    const [span, ...others] = spans();
    expect(others).toEqual([]);
    expect(span?.status.code).toBe(SpanStatusCode.ERROR);
    expect(span?.attributes['error.type']).toBe(errorType);
    expect(span?.attributes['db.response.status_code']).toBe(status);
    expect(span?.events).toMatchObject([{ attributes: { 'exception.message': error.message } }]);
  });

  it('whose reply cannot be converted ends once', async () => {
    const command = new Command('hgetall');
    // ioredis rejects within `resolve`.
    command.resolve = () => command.reject(new TypeError('odd reply'));
    await insideOfASpan(() => createTraced().sendCommand(command));
    command.resolve('odd');
    expect(command.errors).toHaveLength(1);
    expect(spans()).toHaveLength(1);
  });

  it('outside a trace and in an unsampled one has no span', async () => {
    const redis = createTraced();
    const commands = [new Command('ping'), new Command('get')];
    redis.sendCommand(commands[0] as Command);
    sdk.sampleNewTraces = false;
    await insideOfASpan(() => redis.sendCommand(commands[1] as Command));
    for (const command of commands) command.resolve('OK');
    expect(redis.sent).toEqual(commands);
    expect(spans()).toEqual([]);
  });
});

it('leaves the class unchanged while tracing is off', () => {
  telemetryState.enabled = false;
  const Redis = createClass();
  const { sendCommand } = Redis.prototype;
  traceRedis(Redis);
  expect(Redis.prototype.sendCommand).toBe(sendCommand);
  telemetryState.enabled = true;
});
