import { context, type HrTime, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { afterEach, describe, expect, it } from 'vitest';
import { insideOfASpan, startSdk } from '../../test/sdk.ts';
import { serve, serveAndRemember, type TestServer } from '../../test/server.ts';
import { tracedFetch } from '../../test/traced-fetch.ts';
import { contextOf } from '../propagation/propagation.ts';
import { now } from '../setup/clock.ts';
import { traceCall } from './http-client.ts';

const sdk = startSdk();
let server: TestServer | undefined;
afterEach(() => server?.[Symbol.asyncDispose]());

const clientSpan = () => sdk.spans().find(({ kind }) => kind === SpanKind.CLIENT);

describe('a call', () => {
  it('is a CLIENT span below the active one, with the conventional attributes and no query string', async () => {
    const callee = await serveAndRemember();
    server = callee;
    const url = new URL(`${callee.url}/rooms/7/state?guest=miller#top`);
    const { parent, result } = await insideOfASpan(() => tracedFetch(url, { method: 'GET' }));
    expect(await result.text()).toBe('thanks');
    const span = clientSpan();
    expect(span?.name).toBe('GET');
    expect(span?.parentSpanContext?.spanId).toBe(parent.spanId);
    expect(span?.status.code).toBe(SpanStatusCode.UNSET);
    expect(span?.attributes).toEqual({
      'http.request.method': 'GET',
      'http.response.status_code': 200,
      'server.address': '127.0.0.1',
      'server.port': callee.port,
      'url.full': `${callee.url}/rooms/7/state`,
    });
  });

  it('sends its span context, tracestate and baggage along with its own headers', async () => {
    const callee = await serveAndRemember();
    server = callee;
    const request = contextOf({
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      tracestate: 'vendor=1',
      baggage: 'channel=web',
    });
    await context.with(request, () =>
      tracedFetch(new URL(callee.url), {
        method: 'PUT',
        body: '{}',
        headers: { 'content-type': 'application/json', traceparent: 'of somebody else' },
      }),
    );
    const span = clientSpan()?.spanContext();
    expect(span?.traceId).toBe('0af7651916cd43dd8448eb211c80319c');
    expect(callee.asked).toMatchObject([
      {
        traceparent: `00-${span?.traceId}-${span?.spanId}-01`,
        tracestate: 'vendor=1',
        baggage: 'channel=web',
        'content-type': 'application/json',
      },
    ]);
  });

  it('propagates the decision not to sample', async () => {
    sdk.sampleNewTraces = false;
    const callee = await serveAndRemember();
    server = callee;
    await tracedFetch(new URL(callee.url), { method: 'GET' });
    expect(callee.asked[0]?.traceparent).toMatch(/-02$/);
    expect(sdk.spans()).toEqual([]);
  });

  it.each([404, 409, 500, 503])('answered by %i has status ERROR, and still returns the response', async (status) => {
    server = await serve((_request, response) => response.writeHead(status).end());
    const response = await tracedFetch(new URL(server.url), { method: 'GET' });
    expect(response.status).toBe(status);
    expect(clientSpan()?.status.code).toBe(SpanStatusCode.ERROR);
    expect(clientSpan()?.attributes).toMatchObject({
      'error.type': String(status),
      'http.response.status_code': status,
    });
  });

  it('that fails is an error with the code of the failure, without a status, and throws it', async () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const url = new URL('http://127.0.0.1:1/');
    await expect(traceCall(url, { method: 'GET' }, () => Promise.reject(refused))).rejects.toBe(refused);
    const span = clientSpan();
    expect(span?.attributes['error.type']).toBe('ECONNREFUSED');
    expect(span?.attributes).not.toHaveProperty('http.response.status_code');
    expect(span?.status.code).toBe(SpanStatusCode.ERROR);
    expect(span?.events.map(({ name }) => name)).toEqual(['exception']);
  });

  it('that times out reports a timeout', async () => {
    const late = new DOMException('no response', 'TimeoutError');
    const call = traceCall(new URL('http://127.0.0.1:1/'), { method: 'GET' }, () => Promise.reject(late));
    await expect(call).rejects.toBe(late);
    expect(clientSpan()?.attributes['error.type']).toBe('TimeoutError');
  });

  it('ends when the response has been read completely', async () => {
    let ended = 0n;
    server = await serve((_request, response) => {
      response.writeHead(200).write('the first half', () => {
        ended = nanos(now());
        response.end('the second');
      });
    });
    await tracedFetch(new URL(server.url), { method: 'GET' });
    expect(nanos(clientSpan()?.endTime ?? [0, 0])).toBeGreaterThanOrEqual(ended);
  });

  it('records the given path instead of its own', async () => {
    const call = { method: 'GET', recordedPath: '/users/:name' };
    await traceCall(new URL('http://127.0.0.1:1/users/miller'), call, async () => ({ status: 200 }));
    expect(clientSpan()?.attributes['url.full']).toBe('http://127.0.0.1:1/users/:name');
  });
});

function nanos([seconds, nanoseconds]: HrTime): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds);
}
