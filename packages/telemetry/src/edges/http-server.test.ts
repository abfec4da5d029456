import { once } from 'node:events';
import { type IncomingMessage, type OutgoingHttpHeaders, request, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { hrTimeToMicroseconds } from '@opentelemetry/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSdk } from '../../test/sdk.ts';
import { serve, type TestServer } from '../../test/server.ts';
import { now } from '../setup/clock.ts';
import { setHttpRoute, traceRequests } from './http-server.ts';
import { currentTraceId, recordError } from './spans.ts';

const sdk = startSdk();
const caller = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
const traceparent = (flags: string) => `00-${caller.traceId}-${caller.spanId}-${flags}`;

let inner: TestServer;
/** Resolves when `/hang` has been requested. */
const hanging = Promise.withResolvers<void>();
/** Resolves when `/long` has been requested. */
const working = Promise.withResolvers<void>();
/** When the last response was complete, in microseconds. */
let handedOverAt = 0;
let edge: TestServer;
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

function get(server: TestServer, path: string, headers: OutgoingHttpHeaders = {}, method = 'GET'): Promise<string> {
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

async function onlySpan() {
  const [span] = await sdk.atLeast(1);
  expect(sdk.spans()).toHaveLength(1);
  return span as NonNullable<typeof span>;
}

describe('a request', () => {
  it('is a SERVER span with its route, the conventional attributes and no query string', async () => {
    await get(inner, '/rooms/7?guest=miller', { 'user-agent': 'curl/8' });
    const span = await onlySpan();
    expect(span.name).toBe('GET /rooms/:id');
    expect(span.kind).toBe(SpanKind.SERVER);
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
    expect(span.parentSpanContext).toBeUndefined();
    expect(span.attributes).toEqual({
      'http.request.method': 'GET',
      'http.route': '/rooms/:id',
      'http.response.status_code': 200,
      'url.path': '/rooms/7',
      'url.scheme': 'http',
      'server.address': '127.0.0.1',
      'server.port': inner.port,
      'client.address': '127.0.0.1',
      'network.protocol.version': '1.1',
      'user_agent.original': 'curl/8',
    });
  });

  it('that matches no route is named by its method only', async () => {
    await get(inner, '/wp-login.php?status=404');
    const span = await onlySpan();
    expect(span.name).toBe('GET');
    expect(span.attributes).not.toHaveProperty('http.route');
  });

  it('answered with a 4xx is not an error of the server', async () => {
    await get(inner, '/rooms/7?status=422');
    const span = await onlySpan();
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
    expect(span.attributes).not.toHaveProperty('error.type');
    expect(span.attributes['http.response.status_code']).toBe(422);
  });

  it('answered with a 5xx is an ERROR with the status as its type', async () => {
    await get(inner, '/rooms/7?status=503');
    const span = await onlySpan();
    expect(span.status.code).toBe(SpanStatusCode.ERROR);
    expect(span.attributes).toMatchObject({ 'error.type': '503', 'http.response.status_code': 503 });
  });

  it('records the exception that a framework turned into a response', async () => {
    await get(inner, '/throws?status=500');
    const span = await onlySpan();
    expect(span.status.code).toBe(SpanStatusCode.ERROR);
    expect(span.events).toMatchObject([
      { name: 'exception', attributes: { 'exception.message': 'the disk is full', 'exception.type': 'ENOSPC' } },
    ]);
  });

  it("ends when the response's last bytes are handed to the socket", async () => {
    await get(inner, '/rooms/7');
    expect(hrTimeToMicroseconds((await onlySpan()).endTime)).toBeLessThanOrEqual(handedOverAt);
  });

  it('is the parent of its work, also after an await', async () => {
    await get(inner, '/rooms/child');
    const [child, server] = await sdk.atLeast(2);
    expect(child?.name).toBe('child');
    expect(child?.parentSpanContext?.spanId).toBe(server?.spanContext().spanId);
  });

  it('with an unlisted method is named HTTP and keeps the original method', async () => {
    await get(inner, '/rooms/7', {}, 'PROPFIND');
    const span = await onlySpan();
    expect(span.name).toBe('HTTP /rooms/:id');
    expect(span.attributes).toMatchObject({
      'http.request.method': '_OTHER',
      'http.request.method_original': 'PROPFIND',
    });
  });

  it.each([
    ['hotel.example', { 'server.address': 'hotel.example', 'server.port': undefined }],
    ['hotel.example:8443', { 'server.address': 'hotel.example', 'server.port': 8443 }],
    ['[::1]:8080', { 'server.address': '::1', 'server.port': 8080 }],
    ['a:b:c', { 'server.address': undefined, 'server.port': undefined }],
  ])('to the host %s says so', async (host, expected) => {
    await get(inner, '/rooms/7', { host });
    const { attributes } = await onlySpan();
    expect({ 'server.address': attributes['server.address'], 'server.port': attributes['server.port'] }).toEqual(
      expected,
    );
  });

  it('for an absolute target records no credentials', async () => {
    const { port } = new URL(inner.url);
    const path = 'http://miller:hush@hotel.example:8080/rooms/7?guest=miller';
    await new Promise((resolve) =>
      request({ port, path, agent: false }, (response) => response.resume().on('end', resolve)).end(),
    );
    const span = await onlySpan();
    expect(span.attributes).toMatchObject({
      'url.path': '/rooms/7',
      'server.address': 'hotel.example',
      'server.port': 8080,
    });
    expect(JSON.stringify(span.attributes)).not.toMatch(/miller|hush/);
  });

  it('with very long text has its span truncated', async () => {
    await get(inner, `/rooms/${'x'.repeat(5_000)}`, { 'user-agent': 'x'.repeat(5_000) });
    expect(JSON.stringify((await onlySpan()).attributes).length).toBeLessThan(1_000);
  });
});

describe('the response', () => {
  it("contains the request's trace id", async () => {
    const response = await fetch(`${inner.url}/rooms/7`);
    const { traceId, spanId } = (await onlySpan()).spanContext();
    expect(response.headers.get('traceresponse')).toBe(`00-${traceId}-${spanId}-03`);
    expect(response.headers.get('server-timing')).toBe(`trace;desc=${traceId}`);
    expect(await response.text()).toBe(traceId);
  });

  it('shows when the trace is not sampled', async () => {
    sdk.sampleNewTraces = false;
    const response = await fetch(`${inner.url}/rooms/7`);
    expect(response.headers.get('traceresponse')).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-02$/);
    await response.text();
    expect(sdk.spans()).toEqual([]);
  });
});

describe('requests that are never traced', () => {
  it.each(['/health', '/livez', '/readyz', '/metrics', '/docs', '/openapi.json'])('%s', async (path) => {
    const response = await fetch(`${inner.url + path}?probe=1`, { headers: { traceparent: traceparent('01') } });
    expect(response.headers.get('traceresponse')).toBeNull();
    // A trailing slash is accepted everywhere.
    await (await fetch(`${inner.url + path}/`)).text();
    await get(inner, '/rooms/7');
    expect((await sdk.atLeast(1)).map(({ name }) => name)).toEqual(['GET /rooms/:id']);
  });
});

describe('a listener that continues', () => {
  it("uses the caller's span as its parent", async () => {
    await get(inner, '/rooms/7', {
      traceparent: traceparent('01'),
      tracestate: 'vendor=1',
      baggage: 'channel=web,name=m',
    });
    const span = await onlySpan();
    expect(span.parentSpanContext).toMatchObject({ ...caller, isRemote: true });
    expect(span.spanContext().traceId).toBe(caller.traceId);
    expect(span.spanContext().traceState?.serialize()).toBe('vendor=1');
    expect(span.links).toEqual([]);
    expect(span.attributes['hotel.baggage.channel']).toBe('web');
    expect(JSON.stringify(span.attributes)).not.toContain('hotel.baggage.name');
  });

  it('does not sample a trace that the caller does not sample', async () => {
    const response = await fetch(`${inner.url}/rooms/7`, { headers: { traceparent: traceparent('00') } });
    expect(response.headers.get('traceresponse')).toMatch(new RegExp(`^00-${caller.traceId}-[0-9a-f]{16}-00$`));
    await response.text();
    expect(sdk.spans()).toEqual([]);
  });
});

describe('a listener that restarts', () => {
  it("begins a new trace with a link to the caller, and drops the caller's tracestate and baggage", async () => {
    const headers = { traceparent: traceparent('01'), tracestate: 'vendor=1', baggage: 'channel=web' };
    const response = await fetch(`${edge.url}/rooms/7`, { headers });
    await response.text();
    const span = await onlySpan();
    expect(span.parentSpanContext).toBeUndefined();
    expect(span.spanContext().traceId).not.toBe(caller.traceId);
    expect(span.spanContext().traceState).toBeUndefined();
    expect(span.links).toMatchObject([{ context: caller }]);
    expect(JSON.stringify(span.attributes)).not.toContain('web');
    // Its id was drawn here, whatever the caller's flags.
    expect(response.headers.get('traceresponse')).toMatch(/-03$/);
  });

  it('samples a trace that the caller does not sample', async () => {
    await get(edge, '/rooms/7', { traceparent: traceparent('00') });
    expect((await onlySpan()).links).toMatchObject([{ context: caller }]);
  });

  it('does not sample a trace because the caller does', async () => {
    sdk.sampleNewTraces = false;
    const response = await fetch(`${edge.url}/rooms/7`, { headers: { traceparent: traceparent('01') } });
    expect(response.headers.get('traceresponse')).toMatch(/-02$/);
    await response.text();
    expect(sdk.spans()).toEqual([]);
  });

  it.each([undefined, 'nonsense'])('adds no link when the traceparent is %s', async (value) => {
    await get(edge, '/rooms/7', value ? { traceparent: value } : {});
    expect((await onlySpan()).links).toEqual([]);
  });
});

describe('a client that disconnects', () => {
  it.each([
    ['before the response', '/hang', undefined],
    ['in the middle of the response', '/half', 200],
  ])('%s causes an ERROR with that type', async (_when, path, status) => {
    const socket = connect(inner.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(`GET ${path} HTTP/1.1\r\nhost: hotel\r\n\r\n`);
    if (status) await once(socket, 'data');
    else await hanging.promise;
    socket.destroy();
    const span = await onlySpan();
    expect(span.attributes['error.type']).toBe('client_disconnected');
    expect(span.attributes['http.response.status_code']).toBe(status);
    expect(span.status.code).toBe(SpanStatusCode.ERROR);
  });

  it('does not end the span while the work continues', async () => {
    const socket = connect(inner.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write('GET /long HTTP/1.1\r\nhost: hotel\r\n\r\n');
    await working.promise;
    socket.destroy();
    const [child, span] = await sdk.atLeast(2);
    expect([child?.name, span?.name]).toEqual(['work', 'GET']);
    expect(child?.parentSpanContext?.spanId).toBe(span?.spanContext().spanId);
    expect(span?.attributes).toMatchObject({ 'error.type': 'client_disconnected' });
    const [childEnd, spanEnd] = [child, span].map((one) => one && hrTimeToMicroseconds(one.endTime));
    expect(spanEnd).toBeGreaterThanOrEqual(childEnd ?? Number.NaN);
  });
});
