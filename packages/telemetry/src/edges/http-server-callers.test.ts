import { once } from 'node:events';
import { connect } from 'node:net';
import { SpanStatusCode } from '@opentelemetry/api';
import { hrTimeToMicroseconds } from '@opentelemetry/core';
import { describe, expect, it } from 'vitest';
import { caller, edge, get, hanging, inner, onlySpan, sdk, traceparent, working } from '../../test/http-service.ts';

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
