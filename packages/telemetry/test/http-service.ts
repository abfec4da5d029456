import { once } from 'node:events';
import { type IncomingMessage, type OutgoingHttpHeaders, request, type ServerResponse } from 'node:http';
import { trace } from '@opentelemetry/api';
import { hrTimeToMicroseconds } from '@opentelemetry/core';
import { afterAll, beforeAll, expect } from 'vitest';
import { setHttpRoute, traceRequests } from '../src/edges/http-server.ts';
import { currentTraceId, recordError } from '../src/edges/spans.ts';
import { now } from '../src/setup/clock.ts';
import { startSdk } from './sdk.ts';
import { serve, type TestServer } from './server.ts';

export const sdk = startSdk();
export const caller = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
export const traceparent = (flags: string) => `00-${caller.traceId}-${caller.spanId}-${flags}`;

/** Continues its caller's trace. */
export let inner: TestServer;
/** Resolves when `/hang` has been requested. */
export const hanging = Promise.withResolvers<void>();
/** Resolves when `/long` has been requested. */
export const working = Promise.withResolvers<void>();
/** When the last response was complete, in microseconds. */
export let handedOverAt = 0;
/** Starts a new trace that links to its caller's. */
export let edge: TestServer;
beforeAll(async () => {
  inner = await serve(traceRequests(answer, 'continue'));
  edge = await serve(traceRequests(answer, 'restart'));
});
afterAll(async () => {
  await inner[Symbol.asyncDispose]();
  await edge[Symbol.asyncDispose]();
});

/** A service with one route, `/rooms/:id`; `?status=` sets the response's status. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (url.pathname.startsWith('/rooms/')) setHttpRoute('/rooms/:id');
  if (url.pathname === '/hang') {
    hanging.resolve();
    return;
  }
  if (url.pathname === '/long') {
    const work = trace.getTracer('test').startSpan('work');
    working.resolve();
    await once(response, 'close');
    await new Promise(setImmediate);
    work.end();
  }
  if (url.pathname === '/half') {
    response.writeHead(200).write('half of it');
    return;
  }
  if (url.pathname === '/throws') recordError(Object.assign(new Error('the disk is full'), { code: 'ENOSPC' }));
  await new Promise(setImmediate);
  if (url.pathname === '/rooms/child') trace.getTracer('test').startSpan('child').end();
  response.writeHead(Number(url.searchParams.get('status') ?? 200)).end(currentTraceId());
  handedOverAt = hrTimeToMicroseconds(now());
}

export function get(
  server: TestServer,
  path: string,
  headers: OutgoingHttpHeaders = {},
  method = 'GET',
): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(server.url + path, { method, headers, agent: false }, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve(text);
    });
    sent.on('error', reject);
    sent.end();
  });
}

export async function onlySpan() {
  const [span] = await sdk.atLeast(1);
  expect(sdk.spans()).toHaveLength(1);
  return span as NonNullable<typeof span>;
}
