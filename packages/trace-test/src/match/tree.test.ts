import { expect, test } from 'vitest';
import { span, spanId } from '../../test/spans.ts';
import { buildTree, type SpanNode } from './tree.ts';

function names(nodes: SpanNode[]): unknown[] {
  return nodes.map((node) => (node.children.length > 0 ? [node.span.name, names(node.children)] : node.span.name));
}

test('builds a tree from spans in any order, with children ordered by start time', () => {
  const spans = [
    span(4, 2, 'CLIENT grandchild'),
    span(3, 1, 'CLIENT second', { startNs: 30n }),
    span(2, 1, 'CLIENT first', { startNs: 20n }),
    span(1, undefined, 'SERVER root', { startNs: 40n }),
  ];
  const { roots, orphans } = buildTree(spans);
  expect(names(roots)).toEqual([['root', [['first', ['grandchild']], 'second']]]);
  expect(orphans).toEqual([]);
});

test('makes a span without its parent an orphan, with its subtree', () => {
  const { roots, orphans } = buildTree([
    span(1, undefined, 'SERVER root'),
    span(2, 9, 'CLIENT lost'),
    span(3, 2, 'CLIENT x'),
  ]);
  expect(names(roots)).toEqual(['root']);
  expect(names(orphans)).toEqual([['lost', ['x']]]);
});

test('makes every span without a parent a root', () => {
  expect(names(buildTree([span(2, undefined, 'SERVER b'), span(1, undefined, 'SERVER a')]).roots)).toEqual(['a', 'b']);
});

test('ignores a parent in another trace', () => {
  const spans = [span(1, undefined, 'SERVER root'), span(2, 1, 'CLIENT x', { traceId: 'f'.repeat(32) })];
  expect(names(buildTree(spans).orphans)).toEqual(['x']);
});

test('keeps a duplicate span twice, its children once', () => {
  const spans = [
    span(1, undefined, 'SERVER root'),
    span(2, 1, 'CLIENT x'),
    span(2, 1, 'CLIENT x'),
    span(3, 2, 'CLIENT y'),
  ];
  expect(names(buildTree(spans).roots)).toEqual([['root', [['x', ['y']], 'x']]]);
});

test('handles a cycle of parents without hanging, and keeps every span', () => {
  const spans = [
    span(1, 3, 'CLIENT a'),
    span(2, 1, 'CLIENT b'),
    span(3, 2, 'CLIENT c'),
    span(4, 4, 'CLIENT own parent'),
    span(5, 3, 'CLIENT below'),
  ];
  const { roots, orphans } = buildTree(spans);
  expect(roots).toEqual([]);
  expect(names(orphans)).toEqual([['a', [['b', [['c', ['below']]]]]], 'own parent']);
});

test('cuts a cycle at one of its own spans, not at an earlier span below it', () => {
  const { orphans } = buildTree([
    span(3, 2, 'CLIENT b'),
    span(2, 3, 'CLIENT a'),
    span(1, 3, 'CLIENT below', { startNs: 0n }),
  ]);
  expect(names(orphans)).toEqual([['a', [['b', ['below']]]]]);
  expect(orphans[0]?.span.parentSpanId).toBe(spanId(3));
});
