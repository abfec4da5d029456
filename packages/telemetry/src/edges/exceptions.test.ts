import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { conventionalEvents } from '@hotel/registry';
import { logs, SpanStatusCode } from '@opentelemetry/api';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { afterEach, describe, expect, it } from 'vitest';
import { insideOfASpan, startSdk } from '../../test/sdk.ts';
import { telemetryState } from '../setup/state.ts';
import { exceptionEvents } from './exceptions.ts';
import { traceCall } from './http-client.ts';
import { traceRequests } from './http-server.ts';
import { startSend, traceProcess } from './messaging.ts';
import { traceRedis } from './redis.ts';
import { recordError, withSpan } from './spans.ts';
import { traceDatabase } from './sqlite.ts';

const sdk = startSdk();
const exporter = new InMemoryLogRecordExporter();
logs.setGlobalLoggerProvider(new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] }));
const open = createRequire(import.meta.url)('better-sqlite3') as typeof import('better-sqlite3');
afterEach(() => {
  telemetryState.exceptionSignal = undefined;
  exporter.reset();
});

const failure = Object.assign(new RangeError('no room at redis://:hush@host'), { args: ['hush'] });
const message = { queue: 'cleaning', id: '0198c5f0-0000-7000-8000-000000000001', conversationId: 'bookings/42' };

async function failRequest(): Promise<void> {
  const server = createServer(
    traceRequests((_request, response) => {
      recordError(failure);
      response.writeHead(500).end();
    }, 'continue'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await fetch(`http://127.0.0.1:${typeof address === 'object' && address?.port}`);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

/** Fails in each kind of operation; all but the first pass `failure` on. */
const operations: Record<keyof typeof exceptionEvents, () => unknown> = {
  database: () =>
    withSpan('request', {}, () => void traceDatabase(open(':memory:'), 'test').exec('SELECT 1 FROM rooms')).catch(
      () => {},
    ),
  httpServer: failRequest,
  httpClient: () =>
    traceCall(new URL('http://host/'), { method: 'GET' }, () => Promise.reject(failure)).catch(() => {}),
  send: () => startSend(message, {}, 1).end(failure),
  process: () =>
    traceProcess(message, { carrier: {} }, { number: 1, waitMs: 0 }, 'both', () => Promise.reject(failure)).catch(
      () => {},
    ),
  other: () => withSpan('step', {}, () => Promise.reject(failure)).catch(() => {}),
};
const cases = Object.entries(exceptionEvents).map(
  ([kind, event]) => [kind as keyof typeof exceptionEvents, event] as const,
);
const severityNumbers = { WARN: 13, ERROR: 17 };

/** The operation's own span, its span events, and the log events below its trace. */
async function fail(kind: keyof typeof exceptionEvents) {
  await operations[kind]();
  const spans = await sdk.atLeast(kind === 'database' ? 2 : 1);
  const [span] = spans.filter(({ status }) => status.code === SpanStatusCode.ERROR);
  if (!span) throw new Error('no span failed');
  const onSpan = span.events.filter(({ name }) => name === 'exception');
  return { span, onSpan, inLog: exporter.getFinishedLogRecords() };
}

describe.each(cases)('an exception in the operation %s', (kind, event) => {
  it('is a span event by default', async () => {
    const { onSpan, inLog } = await fail(kind);
    expect(onSpan).toHaveLength(1);
    expect(inLog).toEqual([]);
  });

  it('is a log event with `logs`, with the content of the span event and its span', async () => {
    const before = await fail(kind);
    const [expected] = before.onSpan;
    const earlier = sdk.spans().length;
    telemetryState.exceptionSignal = 'logs';
    await operations[kind]();
    const spans = (await sdk.atLeast(2 * earlier)).slice(earlier);
    expect(spans.flatMap(({ events }) => events).filter(({ name }) => name === 'exception')).toEqual([]);
    const [record] = exporter.getFinishedLogRecords();
    const type = expected?.attributes?.['exception.type'];
    expect(record).toMatchObject({
      eventName: event.name,
      severityNumber: severityNumbers[event.severity],
      attributes: { 'exception.type': type, 'exception.message': expected?.attributes?.['exception.message'] },
      spanContext: { traceId: spans[0]?.spanContext().traceId, spanId: spans[0]?.spanContext().spanId },
    });
    expect(record?.attributes['exception.stacktrace']).toMatch(/\n +at /);
    expect(spans[0]?.status).toEqual(before.span.status);
    expect(spans[0]?.attributes['error.type']).toBe(before.span.attributes['error.type']);
    expect(JSON.stringify(record?.attributes)).not.toContain('hush');
  });

  it('is both with `logs/dup`', async () => {
    telemetryState.exceptionSignal = 'logs/dup';
    const { onSpan, inLog } = await fail(kind);
    expect(onSpan).toHaveLength(1);
    expect(inLog[0]?.eventName).toBe(event.name);
  });
});

it('an exception of a Redis command is recorded the same way', async () => {
  telemetryState.exceptionSignal = 'logs';
  class Redis {
    options = {};
    sendCommand(command: { reject(error: Error): void }): void {
      command.reject(Object.assign(new Error('OOM command not allowed'), { name: 'ReplyError' }));
    }
  }
  traceRedis(Redis);
  const command = { name: 'get', resolve() {}, reject() {} };
  await insideOfASpan(() => new Redis().sendCommand(command));
  expect(exporter.getFinishedLogRecords()).toMatchObject([{ eventName: 'db.client.operation.exception' }]);
  expect(sdk.spans()[0]?.events).toEqual([]);
});

it('the conventions define the names of all these events', () => {
  for (const { name } of Object.values(exceptionEvents)) expect(conventionalEvents).toContain(name);
});
