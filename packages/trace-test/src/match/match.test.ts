import { describe, expect, test } from 'vitest';
import { span, spanId, TRACE_ID } from '../../test/spans.ts';
import type { SpanShape } from '../shape.ts';
import type { Span } from '../span.ts';
import { expectTrace, matchTrace } from './match.ts';

const database = { service: 'desk', kind: 'CLIENT', name: /^(INSERT|SELECT)\b/, attributes: { db: 'sqlite' } } as const;

const shape: SpanShape = {
  service: 'desk',
  kind: 'SERVER',
  name: 'POST /stays',
  attributes: { method: 'POST', room: /^\d+$/ },
  mayHave: [database],
  children: [
    {
      service: 'desk',
      kind: 'PRODUCER',
      name: 'send stays',
      children: [
        {
          service: 'keeper',
          kind: 'CONSUMER',
          name: 'process stays',
          attributes: { attempt: 1 },
          events: ['received'],
        },
      ],
    },
  ],
};

/** A trace that matches the shape; `change` replaces, removes (undefined) or adds spans by number. */
function trace(change: Record<number, Span | undefined> = {}): Span[] {
  const spans: Record<number, Span | undefined> = {
    1: span(1, undefined, 'SERVER POST /stays', { attributes: { method: 'POST', room: 101 } }),
    2: span(2, 1, 'CLIENT INSERT stays', { attributes: { db: 'sqlite' } }),
    3: span(3, 1, 'PRODUCER send stays'),
    4: consumer(),
    ...change,
  };
  return Object.values(spans).filter((one) => one !== undefined);
}

function consumer(more: Partial<Span> = {}, parent: number | undefined = 3): Span {
  return span(4, parent, 'CONSUMER process stays', {
    service: 'keeper',
    attributes: { attempt: 1 },
    events: [{ name: 'received', timeNs: 0n, attributes: {} }],
    ...more,
  });
}

test('reports no mismatch for a trace that has the expected shape', () => {
  expect(matchTrace(trace(), shape)).toEqual([]);
  expect(() => expectTrace(trace(), shape)).not.toThrow();
});

describe('in the trace as a whole', () => {
  test('reports that there are no spans', () => {
    expect(matchTrace([], shape)).toEqual(['the trace has no spans']);
  });

  test('reports two trace ids', () => {
    const other = 'f'.repeat(32);
    const mismatches = matchTrace(trace({ 5: span(5, undefined, 'SERVER GET', { traceId: other }) }), shape);
    expect(mismatches).toContainEqual(expect.stringContaining('expected one trace id, found 2'));
    expect(mismatches.join()).toContain(TRACE_ID);
    expect(mismatches.join()).toContain(other);
  });

  test('reports two roots', () => {
    expect(matchTrace(trace({ 5: span(5, undefined, 'SERVER GET /other') }), shape)).toEqual([
      'expected one root, found 2: desk SERVER POST /stays, desk SERVER GET /other',
    ]);
  });

  test('reports an orphan', () => {
    expect(matchTrace(trace({ 5: span(5, 99, 'CLIENT GET') }), shape)).toEqual([
      `desk CLIENT GET is an orphan: its parent ${spanId(99)} is not in the trace`,
    ]);
  });

  test('reports that all spans are orphans', () => {
    expect(matchTrace([span(1, 99, 'SERVER POST /stays')], shape)).toEqual([
      `desk SERVER POST /stays is an orphan: its parent ${spanId(99)} is not in the trace`,
      'expected one root, found none',
    ]);
  });

  test('reports a span that was received twice', () => {
    expect(matchTrace([...trace(), consumer()], shape)).toEqual(
      expect.arrayContaining([
        `keeper CONSUMER process stays was received 2 times with the same id ${spanId(4)}`,
        'POST /stays > send stays: keeper CONSUMER process stays is unexpected (there are 2 of them)',
      ]),
    );
  });
});

describe('in one span', () => {
  const root = (more: Partial<Span>) =>
    trace({ 1: span(1, undefined, 'SERVER POST /stays', { attributes: { method: 'POST', room: 101 }, ...more }) });

  test('reports another name', () => {
    expect(matchTrace(root({ name: 'POST' }), shape)).toEqual(['POST: expected the name POST /stays, found POST']);
  });

  test('reports another kind', () => {
    expect(matchTrace(root({ kind: 'INTERNAL' }), shape)).toEqual([
      'POST /stays: expected kind SERVER, found INTERNAL',
    ]);
  });

  test('reports another service', () => {
    expect(matchTrace(root({ service: 'bar' }), shape)).toEqual(['POST /stays: expected service desk, found bar']);
  });

  test('reports a missing attribute', () => {
    expect(matchTrace(root({ attributes: { room: 101 } }), shape)).toEqual([
      'POST /stays: attribute method is missing, expected "POST"',
    ]);
  });

  test('reports a wrong attribute, compared by value', () => {
    expect(matchTrace(root({ attributes: { method: 'GET', room: 101 } }), shape)).toEqual([
      'POST /stays: attribute method is "GET", expected "POST"',
    ]);
    expect(matchTrace(trace({ 4: consumer({ attributes: { attempt: '1' } }) }), shape)).toEqual([
      'POST /stays > send stays > process stays: attribute attempt is "1", expected 1',
    ]);
  });

  test('reports a wrong attribute, compared by expression', () => {
    expect(matchTrace(root({ attributes: { method: 'POST', room: 'blue' } }), shape)).toEqual([
      'POST /stays: attribute room is "blue", expected /^\\d+$/',
    ]);
  });

  test('matches an expression the same way every time, whatever its flags', () => {
    const global = { ...shape, attributes: { method: /POST/g } };
    expect([matchTrace(trace(), global), matchTrace(trace(), global)]).toEqual([[], []]);
  });

  test('reports an error where none was expected', () => {
    expect(matchTrace(root({ status: { code: 'ERROR', message: 'no room' } }), shape)).toEqual([
      'POST /stays: expected status UNSET, found ERROR (no room)',
    ]);
  });

  test('reports a missing error', () => {
    expect(matchTrace(trace(), { ...shape, status: 'ERROR' })).toEqual([
      'POST /stays: expected status ERROR, found UNSET',
    ]);
  });

  test('reports a missing event', () => {
    expect(matchTrace(trace({ 4: consumer({ events: [] }) }), shape)).toEqual([
      'POST /stays > send stays > process stays: event received is missing',
    ]);
  });
});

describe('among children', () => {
  test('reports a missing span', () => {
    expect(matchTrace(trace({ 4: undefined }), shape)).toEqual([
      'POST /stays > send stays: keeper CONSUMER process stays is missing',
    ]);
  });

  test('reports a wrong parent', () => {
    expect(matchTrace(trace({ 4: consumer({}, 1) }), shape)).toEqual([
      'POST /stays > send stays: keeper CONSUMER process stays is missing (there is one below desk SERVER POST /stays)',
      'POST /stays: keeper CONSUMER process stays is unexpected',
    ]);
  });

  test('reports an extra span', () => {
    expect(matchTrace(trace({ 5: span(5, 3, 'INTERNAL noise') }), shape)).toEqual([
      'POST /stays > send stays: desk INTERNAL noise is unexpected',
    ]);
  });

  test('reports an extra span and names each span below it', () => {
    const extra = {
      5: span(5, 1, 'INTERNAL noise'),
      6: span(6, 5, 'CLIENT SELECT 1', { attributes: { db: 'sqlite' } }),
    };
    expect(matchTrace(trace(extra), shape)).toEqual([
      'POST /stays: desk INTERNAL noise is unexpected',
      'POST /stays > noise: desk CLIENT SELECT 1 is unexpected',
    ]);
  });

  test('reports a second span where one was expected', () => {
    expect(matchTrace(trace({ 5: span(5, 1, 'PRODUCER send stays') }), shape)).toEqual([
      'POST /stays: desk PRODUCER send stays is unexpected (there are 2 of them)',
    ]);
  });

  test('tells siblings with the same name apart by their attributes, in any order', () => {
    const attempts = (...numbers: number[]): SpanShape => ({
      ...shape,
      children: numbers.map((attempt) => ({
        service: 'keeper',
        kind: 'CONSUMER',
        name: 'process',
        attributes: { attempt },
      })),
    });
    const attempt = (id: number, number: number) =>
      span(id, 1, 'CONSUMER process', { service: 'keeper', attributes: { attempt: number } });
    const spans = trace({ 3: attempt(3, 2), 4: attempt(4, 1) });
    expect(matchTrace(spans, attempts(1, 2))).toEqual([]);
    expect(matchTrace(spans, attempts(1, 3))).toEqual(['POST /stays > process: attribute attempt is 2, expected 3']);
    expect(matchTrace(spans, attempts(1, 2, 3))).toEqual(['POST /stays: keeper CONSUMER process is missing']);
  });
});

describe('for optional spans', () => {
  const insert = (id: number, parent: number, more: Partial<Span> = {}) =>
    span(id, parent, 'CLIENT INSERT stays', { attributes: { db: 'sqlite' }, ...more });

  test('accepts none, many, and optional spans below each other', () => {
    expect(matchTrace(trace({ 2: undefined }), shape)).toEqual([]);
    expect(matchTrace(trace({ 5: insert(5, 1), 6: insert(6, 5), 7: insert(7, 6) }), shape)).toEqual([]);
  });

  test('accepts them only below the span that allows them', () => {
    expect(matchTrace(trace({ 5: insert(5, 3) }), shape)).toEqual([
      'POST /stays > send stays: desk CLIENT INSERT stays is unexpected',
    ]);
  });

  test('rejects what they contain unless it is allowed too', () => {
    expect(matchTrace(trace({ 5: span(5, 2, 'CLIENT GET') }), shape)).toEqual([
      'POST /stays > INSERT stays: desk CLIENT GET is unexpected',
    ]);
  });

  test('compares their attributes and status', () => {
    expect(matchTrace(trace({ 2: insert(2, 1, { attributes: {} }) }), shape)).toEqual([
      'POST /stays: desk CLIENT INSERT stays is unexpected; desk CLIENT /^(INSERT|SELECT)\\b/ may be there, but POST /stays > INSERT stays: attribute db is missing, expected "sqlite"',
    ]);
    expect(matchTrace(trace({ 2: insert(2, 1, { status: { code: 'ERROR' } }) }), shape).join()).toContain(
      'expected status UNSET, found ERROR',
    );
  });

  test('accepts below them what their own list allows', () => {
    const nested: SpanShape = {
      ...shape,
      mayHave: [{ ...database, mayHave: [{ service: 'desk', kind: 'INTERNAL', name: 'sync' }] }],
    };
    const spans = trace({ 5: span(5, 2, 'INTERNAL sync') });
    expect(matchTrace(spans, nested)).toEqual([]);
    expect(matchTrace(spans, shape)).toEqual(['POST /stays > INSERT stays: desk INTERNAL sync is unexpected']);
  });
});

describe('for a root that continues a caller’s trace', () => {
  const remoteParent = { traceId: TRACE_ID, spanId: spanId(77) };
  const continued = trace({
    1: span(1, 77, 'SERVER POST /stays', { attributes: { method: 'POST', room: 101 } }),
  });

  test('accepts it when the caller is named, and reports an orphan otherwise', () => {
    expect(matchTrace(continued, shape, { remoteParent })).toEqual([]);
    expect(matchTrace(continued, shape).join()).toContain('desk SERVER POST /stays is an orphan');
  });

  test('requires the caller’s span as its parent', () => {
    expect(matchTrace(trace(), shape, { remoteParent })).toEqual([
      `desk SERVER POST /stays has no parent, expected the caller's span ${spanId(77)} as its parent`,
    ]);
    expect(matchTrace(continued, shape, { remoteParent: { ...remoteParent, spanId: spanId(78) } })).toEqual([
      `desk SERVER POST /stays is an orphan: its parent ${spanId(77)} is not in the trace`,
      'expected one root, found none',
    ]);
  });

  test('requires the caller’s trace id', () => {
    const other = 'f'.repeat(32);
    expect(matchTrace(continued, shape, { remoteParent: { ...remoteParent, traceId: other } })).toEqual([
      `expected the caller's trace id ${other}, found ${TRACE_ID}`,
    ]);
  });

  test('still reports other orphans', () => {
    const spans = [...continued, span(9, 99, 'CLIENT GET')];
    expect(matchTrace(spans, shape, { remoteParent })).toEqual([
      `desk CLIENT GET is an orphan: its parent ${spanId(99)} is not in the trace`,
    ]);
  });
});

test('expectTrace throws an error with every mismatch and the tree', () => {
  const spans = trace({ 4: undefined, 5: span(5, 1, 'INTERNAL noise') });
  expect(() => expectTrace(spans, shape)).toThrow(/process stays is missing.*noise is unexpected.*SERVER {3}POST/s);
});
