import type { Span } from '../model.ts';
import type { Trace } from '../store/trace.ts';

/** What is wrong with where a span stands. */
export type Oddity = 'parent missing' | 'is its own parent' | 'parents form a circle';

export interface Node {
  span: Span;
  children: Node[];
  /** 0 for a root. */
  depth: number;
  oddity?: Oddity;
}

export interface Tree {
  roots: Node[];
  /** Every span exactly once, parents before children, siblings by start. */
  rows: Node[];
  byId: Map<string, Node>;
}

/** Makes a tree of whatever parents the spans name. Loops instead of recursion: a hostile trace may be 100,000 deep. */
export function buildTree(trace: Trace): Tree {
  const byId = new Map<string, Node>();
  for (const span of trace.sorted()) byId.set(span.spanId, { span, children: [], depth: 0 });
  const roots: Node[] = [];
  for (const node of byId.values()) {
    const { spanId, parentSpanId } = node.span;
    const parent = byId.get(parentSpanId);
    if (parent !== undefined && parent !== node) parent.children.push(node);
    else {
      if (parentSpanId === spanId) node.oddity = 'is its own parent';
      else if (parentSpanId !== '') node.oddity = 'parent missing';
      roots.push(node);
    }
  }
  const rows: Node[] = [];
  const placed = new Set<Node>();
  for (const root of roots) place(root, rows, placed);
  // What no root reaches goes round in circles: each circle is cut open at its earliest span.
  for (const node of byId.values()) {
    if (placed.has(node)) continue;
    node.oddity = 'parents form a circle';
    roots.push(node);
    place(node, rows, placed);
  }
  return { roots, rows, byId };
}

function place(root: Node, rows: Node[], placed: Set<Node>): void {
  const waiting = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    placed.add(node);
    rows.push(node);
    node.children = node.children.filter((child) => !placed.has(child));
    for (const child of node.children.toReversed()) {
      child.depth = node.depth + 1;
      waiting.push(child);
    }
  }
}
