import { describe, expect, test } from 'vitest';
import { type Given, storeOf, treeOf } from '../../test/support/trees.ts';
import type { Span } from '../model.ts';
import { compareTrees } from './compare.ts';
import { criticalPath } from './critical-path.ts';
import { percentile, serviceGraph } from './graph.ts';
import type { Tree } from './tree.ts';
import { queueWait } from './wait.ts';

const shape = (tree: Tree): string[] =>
  tree.rows.map(({ span, depth, oddity }) => `${'  '.repeat(depth)}${span.spanId}${oddity ? ` (${oddity})` : ''}`);

describe('the tree', () => {
  test('has parents before children and siblings by start, whatever the order of arrival', () => {
    const tree = treeOf(
      { id: 'c', parent: 'b', at: [3, 4] },
      { id: 'b2', parent: 'a', at: [5, 6] },
      { id: 'b', parent: 'a', at: [2, 4] },
      { id: 'a', at: [1, 9] },
    );
    expect(shape(tree)).toEqual(['a', '  b', '    c', '  b2']);
  });

  test('shows every span of a broken trace once and reports what is odd', () => {
    const tree = treeOf(
      { id: 'orphan', parent: 'gone', at: [1, 2] },
      { id: 'self', parent: 'self', at: [2, 3] },
      { id: 'x', parent: 'z', at: [4, 5] },
      { id: 'y', parent: 'x', at: [5, 6] },
      { id: 'z', parent: 'y', at: [6, 7] },
    );
    expect(shape(tree)).toEqual([
      'orphan (parent missing)',
      'self (is its own parent)',
      'x (parents form a cycle)',
      '  y',
      '    z',
    ]);
  });

  test('handles 50,000 nested spans', () => {
    const deep = Array.from(
      { length: 50_000 },
      (_, index): Given => ({
        id: `${index}`,
        parent: index === 0 ? '' : `${index - 1}`,
        at: [index, 100_000 - index],
      }),
    );
    const tree = treeOf(...deep);
    expect(tree.rows).toHaveLength(50_000);
    expect(criticalPath(tree).size).toBe(50_000);
    expect(compareTrees(tree, tree)).toHaveLength(50_000);
  });
});

describe('the critical path', () => {
  const path = (tree: Tree): Record<string, string[]> =>
    Object.fromEntries(
      [...criticalPath(tree)].map(([node, segments]) => [
        node.span.spanId,
        segments.map(({ from, to }) => `${from}-${to}`),
      ]),
    );

  test('follows what each span waited for last', () => {
    const tree = treeOf(
      { id: 'root', at: [0, 100] },
      { id: 'first', parent: 'root', at: [10, 30] },
      { id: 'short', parent: 'root', at: [40, 60] },
      { id: 'long', parent: 'root', at: [35, 90] },
    );
    expect(path(tree)).toEqual({ root: ['0-10', '30-35', '90-100'], first: ['10-30'], long: ['35-90'] });
  });

  test('crosses the queue to the job that outlives the request, not through later work of the request', () => {
    const tree = treeOf(
      { id: 'request', at: [0, 40] },
      { id: 'insert', parent: 'request', at: [5, 10] },
      { id: 'send', parent: 'request', at: [12, 15] },
      { id: 'later', parent: 'request', at: [20, 38] },
      { id: 'process', parent: 'send', at: [50, 90] },
      { id: 'call', parent: 'process', at: [60, 80] },
    );
    expect(path(tree)).toEqual({
      request: ['0-5', '10-12'],
      insert: ['5-10'],
      send: ['12-15'],
      process: ['50-60', '80-90'],
      call: ['60-80'],
    });
  });

  test('skips a job that ends before its request', () => {
    const tree = treeOf(
      { id: 'request', at: [0, 100] },
      { id: 'send', parent: 'request', at: [10, 20] },
      { id: 'process', parent: 'send', at: [30, 50] },
    );
    expect(path(tree)).toEqual({ request: ['0-10', '20-100'], send: ['10-20'] });
  });
});

describe('the wait in the queue', () => {
  const sent: Given = { id: 'send', at: [0, 10], kind: 4 };

  test('lasts from the end of sending to the start of processing, by parent and by link', () => {
    const store = storeOf(
      sent,
      { id: 'child', parent: 'send', at: [15, 20], kind: 5 },
      { id: 'linked', trace: 'other', at: [40, 50], kind: 5, links: [['t', 'send']] },
    );
    const wait = (trace: string, id: string) => queueWait(store, store.get(trace)?.spans.get(id) as Span);
    expect(wait('t', 'child')).toMatchObject({ from: 10n, to: 15n });
    expect(wait('other', 'linked')).toMatchObject({ from: 10n, to: 40n, producer: { spanId: 'send' } });
  });

  test('of a second attempt starts at the end of the first', () => {
    const store = storeOf(
      sent,
      { id: 'first', parent: 'send', at: [15, 20], kind: 5, name: 'process' },
      { id: 'second', parent: 'send', at: [50, 60], kind: 5, name: 'process' },
      { id: 'third', trace: 'other', at: [90, 95], kind: 5, name: 'process', links: [['t', 'send']] },
      { id: 'elsewhere', parent: 'send', at: [70, 71], kind: 5, name: 'process', service: 'audit' },
    );
    const wait = (trace: string, id: string) => queueWait(store, store.get(trace)?.spans.get(id) as Span);
    expect(wait('t', 'first')).toMatchObject({ from: 10n, to: 15n });
    expect(wait('t', 'second')).toMatchObject({ from: 20n, to: 50n });
    expect(wait('other', 'third')).toMatchObject({ from: 60n, to: 90n });
    expect(wait('t', 'elsewhere')).toMatchObject({ from: 10n, to: 70n });
  });

  test('is undefined for other spans, or if processing starts before sending ends', () => {
    const store = storeOf(
      sent,
      { id: 'early', parent: 'send', at: [5, 20], kind: 5 },
      { id: 'call', parent: 'send', at: [15, 20], kind: 3 },
    );
    for (const id of ['send', 'early', 'call']) {
      expect(queueWait(store, store.get('t')?.spans.get(id) as Span)).toBeUndefined();
    }
  });
});

test('the graph distinguishes calls and queues, with errors, durations and waits', () => {
  const store = storeOf(
    { id: 'send', at: [0, 10], kind: 4 },
    { id: 'process', parent: 'send', at: [25, 125], kind: 5, service: 'worker', links: [['t', 'send']] },
    { id: 'put', parent: 'process', at: [30, 60], kind: 3, service: 'worker' },
    { id: 'callback', parent: 'put', at: [35, 55], kind: 2 },
  );
  const { services, edges } = serviceGraph(store);
  expect(services).toEqual([
    { name: 'dispo', spans: 2, errors: 0 },
    { name: 'worker', spans: 2, errors: 0 },
  ]);
  expect(edges).toMatchObject([
    { from: 'dispo', to: 'worker', via: 'queue', calls: 1, durations: [100], waits: [15] },
    { from: 'worker', to: 'dispo', via: 'call', calls: 1, durations: [20], waits: [] },
  ]);
});

test('computes percentiles of none, one and many values', () => {
  expect(percentile([], 0.5)).toBeUndefined();
  expect(percentile([7], 0.99)).toBe(7);
  expect(percentile([1, 2, 3, 4], 0.5)).toBe(3);
});

test('a comparison groups similar spans and shows those of one side only', () => {
  const left = treeOf(
    { id: '1', name: 'POST', at: [0, 10] },
    { id: '2', name: 'INSERT', parent: '1', at: [1, 2] },
    { id: '3', name: 'INSERT', parent: '1', at: [3, 4] },
  );
  const right = treeOf(
    { id: 'a', name: 'POST', at: [0, 50] },
    { id: 'b', name: 'INSERT', parent: 'a', at: [1, 5] },
    { id: 'c', name: 'send', parent: 'a', at: [6, 8] },
  );
  const rows = compareTrees(left, right).map((row) => [row.depth, row.name, row.left.spans, row.right.spans]);
  expect(rows).toEqual([
    [0, 'POST', 1, 1],
    [1, 'INSERT', 2, 1],
    [1, 'send', 0, 1],
  ]);
});
