import { afterEach, describe, expect, test } from 'vitest';
import { createProvider, EVERY_TYPE, recordEverything } from '../../test/exporter.ts';
import { spanId, TRACE_ID } from '../../test/spans.ts';
import { createForwarder } from './forward.ts';
import { type Sink, startSink } from './sink.ts';

const cleanup: Array<() => Promise<unknown>> = [];
afterEach(async () => {
  for (const close of cleanup.splice(0).toReversed()) await close();
});

async function sink(options?: Parameters<typeof startSink>[0]): Promise<Sink> {
  const started = await startSink(options);
  cleanup.push(() => started.stop());
  return started;
}

function provider(url: string, timeoutMillis = 60_000) {
  const created = createProvider(url, timeoutMillis);
  // The exporter may reject on shutdown while its sink is in a fault mode.
  cleanup.push(() => created.shutdown().catch(() => undefined));
  return created;
}

function send(to: ReturnType<typeof provider>, name: string): Promise<void> {
  to.getTracer('test').startSpan(name).end();
  return to.forceFlush();
}

describe('spans from an exporter', () => {
  test('arrive complete', async () => {
    const { endpoint, waitFor } = await sink();
    recordEverything(provider(endpoint).getTracer('the-scope'));
    const [span] = await waitFor((spans) => spans.length === 1, { what: 'span' });
    expect(span).toEqual({
      traceId: TRACE_ID,
      spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
      parentSpanId: spanId(77),
      name: 'process stays',
      kind: 'CONSUMER',
      service: 'desk',
      startNs: 1_700_000_000_123_456_789n,
      endNs: 1_700_000_001_987_654_321n,
      attributes: EVERY_TYPE,
      status: { code: 'ERROR', message: 'no room' },
      events: [{ name: 'received', timeNs: 1_700_000_000_200_000_000n, attributes: { bytes: 12 } }],
      links: [{ traceId: TRACE_ID, spanId: spanId(78), attributes: { reason: 'retry' } }],
      traceState: 'inn=1,other=2',
      flags: 0x301,
      resource: { 'service.name': 'desk', 'service.namespace': 'inn', 'process.pid': 7 },
      scope: 'the-scope',
    });
  });

  test('arrive with every kind, and a root without a parent', async () => {
    const { endpoint, waitFor } = await sink();
    const tracer = provider(endpoint).getTracer('test');
    for (const kind of [0, 1, 2, 3, 4]) tracer.startSpan(`kind ${kind}`, { kind }).end();
    const spans = await waitFor((all) => all.length === 5, { what: 'five spans' });
    expect(Object.fromEntries(spans.map(({ name, kind }) => [name, kind]))).toEqual({
      'kind 0': 'INTERNAL',
      'kind 1': 'SERVER',
      'kind 2': 'CLIENT',
      'kind 3': 'PRODUCER',
      'kind 4': 'CONSUMER',
    });
    expect(spans[0]).not.toHaveProperty('parentSpanId');
    expect(spans[0]?.status).toEqual({ code: 'UNSET' });
  });

  test('can be searched for in the raw bytes, and cleared', async () => {
    const started = await sink();
    await send(provider(started.endpoint), 'a guest called Ada');
    expect(started.rawBytes().includes('a guest called Ada')).toBe(true);
    expect(started.rawBytes().includes('Grace')).toBe(false);
    started.clear();
    expect([started.spans(), started.requests(), started.rawBytes().length]).toEqual([[], 0, 0]);
  });

  test('are found by their trace id', async () => {
    const { endpoint, trace, spans } = await sink();
    const from = provider(endpoint);
    await send(from, 'one');
    await send(from, 'two');
    const [one] = spans();
    expect(trace(one?.traceId ?? '').map(({ name }) => name)).toEqual(['one']);
  });
});

test('waitFor reports what is missing and what has arrived', async () => {
  const { endpoint, waitFor } = await sink();
  await send(provider(endpoint), 'only this');
  await expect(waitFor(() => false, { timeoutMs: 1, what: 'a span of the worker' })).rejects.toThrow(
    /Waited 1 ms for a span of the worker\..*INTERNAL only this/s,
  );
});

describe('forwarding', () => {
  test('sends the same bytes to the other receiver', async () => {
    const viewer = await sink();
    const first = await sink({ forwardTo: viewer.endpoint });
    await send(provider(first.endpoint), 'passed on');
    await viewer.waitFor((spans) => spans.length === 1, { what: 'span that was passed on' });
    expect(viewer.rawBytes().equals(first.rawBytes())).toBe(true);
  });

  test('reaches a receiver that starts later, without making the sender wait', async () => {
    const viewer = await sink();
    await viewer.setMode('refuse');
    const first = await sink({ forwardTo: viewer.endpoint });
    await send(provider(first.endpoint), 'early');
    expect(first.spans()).toHaveLength(1);
    await viewer.setMode('ok');
    await viewer.waitFor((spans) => spans.length === 1, { what: 'span that was passed on' });
  });

  test('names a receiver that fails', async () => {
    const viewer = await sink();
    await viewer.setMode('error');
    const first = await sink({ forwardTo: viewer.endpoint });
    await send(provider(first.endpoint), 'in vain');
    await expect.poll(() => first.forwardErrors()).toHaveLength(1);
    expect(first.forwardErrors()[0]).toMatch(new RegExp(`^${viewer.endpoint}: .*INTERNAL`));
  });
});

describe('fault modes', () => {
  test.each(['hang', 'error', 'garbage'] as const)('%s: receives the request and keeps no span', async (mode) => {
    const started = await sink();
    await started.setMode(mode);
    await send(provider(started.endpoint, 500), 'unlucky').catch(() => undefined);
    await expect.poll(() => started.requests()).toBeGreaterThan(0);
    expect(started.spans()).toEqual([]);
    expect(started.rawBytes().includes('unlucky')).toBe(true);
  });

  test('slow: keeps spans long before it answers', async () => {
    const started = await sink();
    await started.setMode('slow');
    let isAnswered = false;
    const sending = send(provider(started.endpoint), 'patient')
      .catch(() => undefined)
      .finally(() => {
        isAnswered = true;
      });
    await started.waitFor((all) => all.length === 1, { what: 'span' });
    expect(isAnswered).toBe(false);
    await sending;
  });

  test('refuse: refuses connections until it is ok again on the same port', async () => {
    const started = await sink();
    const from = provider(started.endpoint);
    await send(from, 'before');
    await started.setMode('refuse');
    await expect(fetch(started.endpoint)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    await started.setMode('ok');
    await send(provider(started.endpoint), 'after');
    expect(started.spans().map(({ name }) => name)).toEqual(['before', 'after']);
  });

  test('answers bytes that are not OTLP with an error, and keeps only the bytes', async () => {
    const next = await sink();
    const started = await sink({ forwardTo: next.endpoint });
    const forwarder = createForwarder();
    cleanup.push(async () => forwarder.close());
    for (const signal of ['trace', 'logs'] as const) {
      forwarder.forward(started.endpoint, signal, Uint8Array.of(0xff, 0xff, 0xff));
      await expect.poll(() => forwarder.errors().join()).toContain(`not a request of ${signal}`);
    }
    expect([started.spans(), started.logs(), started.requests(), next.requests()]).toEqual([[], [], 2, 0]);
  });
});
