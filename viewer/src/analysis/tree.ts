import type { Span } from '../model.ts';
import type { Trace } from '../store/trace.ts';

/** What is wrong with the position of a span. */
export type Oddity = 'parent missing' | 'is its own parent' | 'parents form a cycle';

export interface Node {
  /** Key of the span in its trace: its id, unless several spans share it. */
  key: string;
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
  byKey: Map<string, Node>;
}

/** Builds a tree from any parent ids. Iterative, since a hostile trace may be 100,000 levels deep. */
export function buildTree(trace: Trace): Tree {
  const byKey = new Map<string, Node>();
  const bySpan = new Map<Span, Node>();
  for (const [key, span] of trace.entries()) {
    const node = { key, span, children: [], depth: 0 };
    byKey.set(key, node);
    bySpan.set(span, node);
  }
  const roots: Node[] = [];
  for (const node of byKey.values()) {
    const { parentSpanId } = node.span;
    const above = trace.parentOf(node.span);
    const parent = above && bySpan.get(above);
    if (parent !== undefined && parent !== node) parent.children.push(node);
    else {
      if (parent === node) node.oddity = 'is its own parent';
      else if (parentSpanId !== '') node.oddity = 'parent missing';
      roots.push(node);
    }
  }
  const rows: Node[] = [];
  const placed = new Set<Node>();
  for (const root of roots) place(root, rows, placed);
  // Spans unreachable from any root form cycles; break each cycle at its earliest span.
  for (const node of byKey.values()) {
    if (placed.has(node)) continue;
    node.oddity = 'parents form a cycle';
    roots.push(node);
    place(node, rows, placed);
  }
  return { roots, rows, byKey };
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
