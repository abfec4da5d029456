import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSdk } from '../../test/sdk.ts';
import { serve, serveAndRemember, type TestServer } from '../../test/server.ts';
import { tracedFetch } from '../../test/traced-fetch.ts';
import { traceRequests } from './http-server.ts';

/** Propagation through a service, with both adapters and real headers: lines, casing, white space. */
startSdk();
let next: Awaited<ReturnType<typeof serveAndRemember>>;
let service: TestServer;
beforeAll(async () => {
  next = await serveAndRemember();
  service = await serve(
    traceRequests(async (_request, response) => {
      await tracedFetch(new URL(next.url), { method: 'GET' });
      response.end();
    }, 'continue'),
  );
});
afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await next[Symbol.asyncDispose]();
});

const id = '12345678901234567890123456789012';
const valid = `00-${id}-1234567890123456-01`;

/** @param lines raw header lines: names and values alternate. */
async function relayed(...lines: string[]): Promise<{ isSameTrace: boolean; tracestate: unknown; baggage: unknown }> {
  next.asked.length = 0;
  const headers = ['host', 'service', ...lines];
  await new Promise((resolve, reject) => {
    const sent = request({ port: service.port, headers, agent: false }, (response) =>
      response.resume().on('end', resolve),
    );
    sent.on('error', reject).end();
  });
  const [{ traceparent = '', tracestate, baggage } = {}] = next.asked;
  expect(traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[0-3]$/);
  expect(traceparent).not.toContain('1234567890123456-');
  return { isSameTrace: traceparent.toString().includes(id), tracestate, baggage };
}

describe('a service continues', () => {
  it.each<[string, string[], string | undefined]>([
    ['a trace', ['traceparent', valid], undefined],
    ['a trace whatever the casing of its header', ['TraceParent', valid, 'TRACESTATE', 'a=1'], 'a=1'],
    ['a trace with white space around it', ['traceparent', `\t ${valid} \t`, 'tracestate', '\t a=1 \t'], 'a=1'],
    ['a trace of a future version', ['traceparent', `cc${valid.slice(2)}-what-the-future-will-bring`], undefined],
    [
      'several lines of state as one',
      ['traceparent', valid, 'tracestate', 'a=1,b=2', 'tracestate', 'c=3'],
      'a=1,b=2,c=3',
    ],
    ['an empty line of state after another', ['traceparent', valid, 'tracestate', 'a=1', 'tracestate', ''], 'a=1'],
    ['an empty line of state before another', ['traceparent', valid, 'tracestate', '', 'tracestate', 'a=1'], 'a=1'],
    ['no state where it is empty', ['traceparent', valid, 'tracestate', ''], undefined],
    ['no state where a member has no value', ['traceparent', valid, 'tracestate', 'a=,b=1'], undefined],
    ['no state under another name', ['traceparent', valid, 'trace-state', 'a=1'], undefined],
  ])('%s', async (_what, lines, tracestate) => {
    expect(await relayed(...lines)).toEqual({ isSameTrace: true, tracestate, baggage: undefined });
  });

  it.each<[string, string[]]>([
    ['missing', []],
    ['sent twice', ['traceparent', valid, 'traceparent', valid.replace('-01', '-00')]],
    ['under another name', ['trace-parent', valid]],
    ['of version 00 with more fields', ['traceparent', `${valid}-more`]],
    ['of a future version, followed by a dot', ['traceparent', `cc${valid.slice(2)}.more`]],
    ['of version ff', ['traceparent', `ff${valid.slice(2)}`]],
    ['too short', ['traceparent', valid.slice(0, -1)]],
    ['not hexadecimal', ['traceparent', valid.replace('-01', '-0.')]],
    ['followed by a no-break space', ['traceparent', `${valid}\u00a0`]],
  ])('no trace and no state with a traceparent that is %s', async (_what, lines) => {
    const received = await relayed(...lines, 'tracestate', 'a=1');
    expect(received).toEqual({ isSameTrace: false, tracestate: undefined, baggage: undefined });
  });

  it('baggage of several lines, with a trace and without', async () => {
    const lines = ['baggage', 'a=%41;p', 'baggage', 'b='];
    expect((await relayed(...lines)).baggage).toBe('a=%41;p,b=');
    expect((await relayed('traceparent', valid, ...lines)).baggage).toBe('a=%41;p,b=');
  });
});
