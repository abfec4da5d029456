import type { IncomingHttpHeaders } from 'node:http';
import { context, propagation } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { afterEach, describe, expect, it } from 'vitest';
import { serve, serveAndRemember } from '../test/server.ts';
import { tracedFetch } from '../test/traced-fetch.ts';
import { traceRequests } from './edges/http-server.ts';
import { captureContext, startSend, traceProcess } from './edges/messaging.ts';
import { currentTraceId } from './edges/spans.ts';
import { httpPassThrough, propagatorsFrom } from './propagation/http.ts';
import type { Carrier } from './propagation/propagation.ts';

// What register.ts does in a process without an SDK.
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
propagation.setGlobalPropagator(httpPassThrough(propagatorsFrom(undefined)));

let open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const server of open) await server[Symbol.asyncDispose]();
  open = [];
});

const message = { queue: 'cleaning', id: '0198c5f0-0000-7000-8000-000000000001', conversationId: 'bookings/42' };
const fieldsOf = ({ traceparent, tracestate, baggage }: IncomingHttpHeaders) => ({ traceparent, tracestate, baggage });

/** Sends `fields` to a service that does `work` and calls another one; returns what the other one received. */
async function throughAService(
  fields: Carrier,
  work: (callNext: () => Promise<unknown>) => Promise<unknown>,
): Promise<{ passedOn: object; response: Response }> {
  const next = await serveAndRemember();
  const service = await serve(
    traceRequests(async (_request, response) => {
      await new Promise(setImmediate);
      await work(() => tracedFetch(new URL(next.url), { method: 'GET' }));
      response.end(currentTraceId());
    }, 'continue'),
  );
  open = [next, service];
  const response = await fetch(service.url, { headers: fields });
  expect(await response.text()).toBe('');
  expect(next.asked).toHaveLength(1);
  return { passedOn: fieldsOf(next.asked[0] ?? {}), response };
}

describe('without telemetry, trace headers are forwarded byte for byte', () => {
  it.each<[string, Carrier]>([
    [
      'valid headers',
      {
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03',
        tracestate: 'vendor=opaque , other=1',
        baggage: 'channel=web;ttl=5,name=m%C3%BCller',
      },
    ],
    [
      'a traceparent of a future version',
      { traceparent: 'cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-ff-what-else' },
    ],
    ['malformed headers', { traceparent: 'hello', tracestate: '???', baggage: '%%%' }],
    ['baggage alone', { baggage: 'channel=web' }],
    ['no headers', {}],
  ])('over HTTP: %s', async (_what, fields) => {
    const { passedOn, response } = await throughAService(fields, (callNext) => callNext());
    expect(passedOn).toEqual({ traceparent: undefined, tracestate: undefined, baggage: undefined, ...fields });
    expect(response.headers.get('traceresponse')).toBeNull();
    expect(response.headers.get('server-timing')).toBeNull();
  });

  it('through a database column and a queue', async () => {
    const fields = {
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03',
      tracestate: 'vendor=opaque , other=1',
      baggage: 'channel=web;ttl=5',
    };
    const { passedOn } = await throughAService(fields, (callNext) => {
      const captured = captureContext();
      expect(captured).toEqual(fields);
      const send = startSend(message, captured, 0);
      send.end();
      return traceProcess(message, { carrier: send.carrier }, { number: 1, waitMs: 0 }, 'both', callNext);
    });
    expect(passedOn).toEqual(fields);
  });
});

it('concurrent requests keep their own contexts', async () => {
  const next = await serveAndRemember();
  const service = await serve(
    traceRequests(async (_request, response) => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      await tracedFetch(new URL(next.url), { method: 'GET' });
      response.end();
    }, 'continue'),
  );
  open = [next, service];
  await Promise.all(['one', 'two', 'three'].map((baggage) => fetch(service.url, { headers: { baggage } })));
  expect(next.asked.map(({ baggage }) => baggage).sort()).toEqual(['one', 'three', 'two']);
});
