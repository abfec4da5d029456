import { expect, test } from 'vitest';
import { span, spanId } from '../test/spans.ts';
import { buildTree, type SpanNode } from './tree.ts';

function names(nodes: SpanNode[]): unknown[] {
  return nodes.map((node) => (node.children.length > 0 ? [node.span.name, names(node.children)] : node.span.name));
}

test('spans in any order become a tree with children in the order of their start', () => {
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

test('a span whose parent is not there is an orphan and keeps what is below it', () => {
  const { roots, orphans } = buildTree([
    span(1, undefined, 'SERVER root'),
    span(2, 9, 'CLIENT lost'),
    span(3, 2, 'CLIENT x'),
  ]);
  expect(names(roots)).toEqual(['root']);
  expect(names(orphans)).toEqual([['lost', ['x']]]);
});

test('every span without a parent is a root', () => {
  expect(names(buildTree([span(2, undefined, 'SERVER b'), span(1, undefined, 'SERVER a')]).roots)).toEqual(['a', 'b']);
});

test('a parent in another trace is no parent', () => {
  const spans = [span(1, undefined, 'SERVER root'), span(2, 1, 'CLIENT x', { traceId: 'f'.repeat(32) })];
  expect(names(buildTree(spans).orphans)).toEqual(['x']);
});

test('a span that was received twice is there twice, its children once', () => {
  const spans = [
    span(1, undefined, 'SERVER root'),
    span(2, 1, 'CLIENT x'),
    span(2, 1, 'CLIENT x'),
    span(3, 2, 'CLIENT y'),
  ];
  expect(names(buildTree(spans).roots)).toEqual([['root', [['x', ['y']], 'x']]]);
});

test('spans that are each other’s parents do not hang, and none is lost', () => {
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

test('a span below a cycle that started before it does not become the cut', () => {
  const { orphans } = buildTree([
    span(3, 2, 'CLIENT b'),
    span(2, 3, 'CLIENT a'),
    span(1, 3, 'CLIENT below', { startNs: 0n }),
  ]);
  expect(names(orphans)).toEqual([['a', [['b', ['below']]]]]);
  expect(orphans[0]?.span.parentSpanId).toBe(spanId(3));
});
