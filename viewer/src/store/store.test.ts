import { describe, expect, test } from 'vitest';
import { NO_ATTRIBUTES, type Origin, type Span } from '../model.ts';
import { SpanStore } from './store.ts';

const origin = (service: string): Origin => ({
  resourceKey: service,
  key: service,
  service,
  resource: { attributes: NO_ATTRIBUTES, droppedAttributes: 0, schemaUrl: '' },
  scope: { name: '', version: '', attributes: NO_ATTRIBUTES, droppedAttributes: 0, schemaUrl: '' },
});

const span = (traceId: string, spanId: string, service = 'dispo', name = 'work'): Span => ({
  traceId,
  spanId,
  parentSpanId: '',
  traceState: '',
  flags: 0,
  name,
  kind: 1,
  startNano: 1n,
  endNano: 2n,
  attributes: NO_ATTRIBUTES,
  droppedAttributes: 0,
  events: [],
  droppedEvents: 0,
  links: [],
  droppedLinks: 0,
  statusCode: 0,
  statusMessage: '',
  origin: origin(service),
});

const MIB = 1024 * 1024;

describe('the limit of the store', () => {
  test('in spans evicts the oldest trace completely, and counts it', () => {
    const store = new SpanStore({ maxSpans: 3, maxBytes: MIB });
    for (const [trace, id] of [
      ['a', '1'],
      ['a', '2'],
      ['b', '1'],
      ['c', '1'],
    ] as const)
      store.add(span(trace, id));
    expect(store.get('a')).toBeUndefined();
    expect(store.stats()).toMatchObject({ spans: 2, traces: 2, evictedSpans: 2, evictedTraces: 1 });
  });

  test('in bytes is never exceeded', () => {
    const store = new SpanStore({ maxSpans: 1_000_000, maxBytes: 100_000 });
    for (let index = 0; index < 2000; index++) {
      store.add({ ...span(`trace ${index % 700}`, `${index}`, `service ${index}`), statusMessage: 'x'.repeat(index) });
      expect(store.stats().bytes).toBeLessThanOrEqual(100_000);
    }
    expect(store.stats().evictedTraces).toBeGreaterThan(0);
  });

  test('also evicts a trace larger than the store', () => {
    const store = new SpanStore({ maxSpans: 2, maxBytes: MIB });
    for (const id of ['1', '2', '3', '4']) store.add(span('a', id));
    expect(store.stats()).toMatchObject({ spans: 1, evictedSpans: 3 });
  });

  test('removes evicted traces from every list, and their bytes from the size', () => {
    const store = new SpanStore({ maxSpans: 1, maxBytes: MIB });
    store.add(span('a', '1', 'dispo', 'old'));
    const { bytes } = store.stats();
    store.add(span('b', '1', 'cabin', 'new'));
    expect(store.services.names()).toEqual(['cabin']);
    store.add(span('c', '1', 'dispo', 'old'));
    expect(store.services.operations('dispo')).toEqual([{ name: 'old', spanKind: 'internal' }]);
    expect(store.stats().bytes).toBe(bytes);
  });
});

describe('a span with the ids of a stored one', () => {
  const attributes = (...keys: string[]) => ({ keys, values: keys.map((key) => `value of ${key}`) });

  test('is dropped if it is equal, even with its attributes in another order', () => {
    const store = new SpanStore({ maxSpans: 10, maxBytes: MIB });
    store.add({ ...span('a', '1'), attributes: attributes('b', 'c') });
    store.add({ ...span('a', '1'), attributes: attributes('b', 'd') });
    const before = store.stats();
    const versions = [store.version, store.get('a')?.version];
    store.add({ ...span('a', '1'), attributes: attributes('c', 'b') });
    store.add({ ...span('a', '1'), attributes: attributes('d', 'b') });
    expect(store.stats()).toEqual(before);
    expect([store.version, store.get('a')?.version]).toEqual(versions);
    expect(before.spans).toBe(2);
  });

  test('is kept if anything differs, and evicted with its trace', () => {
    const store = new SpanStore({ maxSpans: 3, maxBytes: MIB });
    store.add(span('a', '1', 'dispo', 'first'));
    store.add(span('a', '1', 'cabin', 'first'));
    store.add({ ...span('a', '1', 'dispo', 'first'), endNano: 60n });
    expect(store.get('a')).toMatchObject({ startNano: 1n, endNano: 60n, version: 3 });
    expect(store.services.names()).toEqual(['cabin', 'dispo']);
    store.add(span('b', '1', 'dispo', 'other'));
    expect(store.get('a')).toBeUndefined();
    expect(store.services.names()).toEqual(['dispo']);
    expect(store.stats()).toMatchObject({ spans: 1, evictedSpans: 3 });
  });
});
