import { describe, expect, it } from 'vitest';
import { ownerOf } from './owners.ts';
import { sharesOf } from './shares.ts';

describe('assigns a function to its owner', () => {
  it.each([
    ['get', 'file:///x/node_modules/.pnpm/drizzle-orm@1/node_modules/drizzle-orm/session.cjs', 'SQLite'],
    ['recordedStatement', 'file:///x/packages/telemetry/src/edges/sqlite.ts', 'SQLite'],
    ['writeSpan', 'file:///x/packages/telemetry/src/otlp/trace-serializer.ts', 'OTLP serialization'],
    ['startServerSpan', 'file:///x/packages/telemetry/src/edges/http-server.ts', 'adapters'],
    ['traceIds', 'file:///x/packages/log/src/logger.ts', 'the log'],
    ['startSpan', 'file:///x/node_modules/@opentelemetry/sdk-trace/dist/Tracer.mjs', 'OpenTelemetry'],
    ['send', 'file:///x/node_modules/@opentelemetry/otlp-exporter-base/dist/x.mjs', 'OTLP serialization'],
    ['addJobs', 'file:///x/node_modules/bullmq/dist/queue.js', 'the queue'],
    ['parserOnIncoming', 'node:_http_server', 'HTTP'],
    ['writeBuffer', '', 'sockets'],
    ['(garbage collector)', '', 'garbage'],
    ['nextTick', 'node:internal/process/task_queues', 'the rest'],
    ['(program)', '', 'the rest'],
  ])('%s of %j', (functionName, url, owner) => {
    expect(ownerOf([{ functionName, url }])).toContain(owner);
  });

  it('assigns a native function to its caller', () => {
    const native = { functionName: '', url: '' };
    const statement = { functionName: 'get', url: 'file:///x/packages/sqlite/src/statement.ts' };
    const route = { functionName: 'make', url: 'file:///x/dispo/src/bookings/bookings.ts' };
    expect(ownerOf([native, statement, route])).toContain('SQLite');
    expect(ownerOf([native, native, route])).toContain('the rest of dispo');
  });
});

it('computes shares of the busy time only', () => {
  const frame = (functionName: string, url = '') => ({ functionName, url });
  const shares = sharesOf({
    nodes: [
      { id: 1, callFrame: frame('(idle)') },
      { id: 2, callFrame: frame('(garbage collector)') },
      { id: 3, callFrame: frame('parserOnIncoming', 'node:_http_server'), children: [4] },
      { id: 4, callFrame: frame('native') },
      { id: 5, callFrame: frame('post', 'node:inspector') },
    ],
    samples: [1, 2, 3, 4, 5, 1],
    timeDeltas: [500, 100, 100, 200, 300, 900],
  });
  expect([...shares.values()].map((share) => Math.round(share * 100))).toEqual([25, 75]);
  expect(sharesOf({ nodes: [] }).size).toBe(0);
});
