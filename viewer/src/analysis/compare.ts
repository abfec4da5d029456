import { durationNano, isError, kindName } from '../model.ts';
import type { Node, Tree } from './tree.ts';

export interface Side {
  spans: number;
  errors: number;
  nanos: bigint;
}

/** Spans of one service, kind and name below the same ancestors, in two traces. */
export interface ComparedRow {
  depth: number;
  service: string;
  kind: string;
  name: string;
  left: Side;
  right: Side;
}

interface Group {
  key: string;
  depth: number;
  left: Node[];
  right: Node[];
}

/** Compares the shapes of two traces. Similar spans under the same parent share a row. */
export function compareTrees(left: Tree, right: Tree): ComparedRow[] {
  const rows: ComparedRow[] = [];
  const waiting = groups(left.roots, right.roots, 0).toReversed();
  for (let group = waiting.pop(); group !== undefined; group = waiting.pop()) {
    const { span } = (group.left[0] ?? group.right[0]) as Node;
    rows.push({
      depth: group.depth,
      service: span.origin.service,
      kind: kindName(span.kind),
      name: span.name,
      left: side(group.left),
      right: side(group.right),
    });
    const below = groups(childrenOf(group.left), childrenOf(group.right), group.depth + 1);
    waiting.push(...below.toReversed());
  }
  return rows;
}

const childrenOf = (nodes: Node[]): Node[] => nodes.flatMap((node) => node.children);

function groups(left: Node[], right: Node[], depth: number): Group[] {
  const found = new Map<string, Group>();
  const into = (nodes: Node[], which: 'left' | 'right'): void => {
    for (const node of nodes) {
      const { span } = node;
      const key = `${span.kind}\0${span.origin.service}\0${span.name}`;
      const group = found.get(key) ?? { key, depth, left: [], right: [] };
      found.set(key, group);
      group[which].push(node);
    }
  };
  into(left, 'left');
  into(right, 'right');
  return [...found.values()];
}

function side(nodes: Node[]): Side {
  return {
    spans: nodes.length,
    errors: nodes.filter((node) => isError(node.span)).length,
    nanos: nodes.reduce((sum, node) => sum + durationNano(node.span), 0n),
  };
}
