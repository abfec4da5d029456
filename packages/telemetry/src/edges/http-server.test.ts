import { request } from 'node:http';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { hrTimeToMicroseconds } from '@opentelemetry/core';
import { describe, expect, it } from 'vitest';
import { get, handedOverAt, inner, onlySpan, sdk, traceparent } from '../../test/http-service.ts';

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

  it('is the parent of its work, even after an await', async () => {
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
  ])('to the host %s records its address', async (host, expected) => {
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
