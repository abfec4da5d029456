import type { Span } from '../span.ts';

export interface SpanNode {
  span: Span;
  /** Ordered by start time. */
  children: SpanNode[];
}

export interface SpanTree {
  /** Spans without a parent id, with their subtrees. */
  roots: SpanNode[];
  /** Spans whose parent is missing, with their subtrees. Of a cycle of parents, the span that started first. */
  orphans: SpanNode[];
}

/** Builds trees from the spans of one or more traces, in any order. Every span appears once. */
export function buildTree(spans: readonly Span[]): SpanTree {
  const nodes = spans.map((span): SpanNode => ({ span, children: [] })).sort(byStart);
  const byId = new Map<string, SpanNode>();
  for (const node of nodes) if (!byId.has(idOf(node.span))) byId.set(idOf(node.span), node);

  const roots: SpanNode[] = [];
  const orphans: SpanNode[] = [];
  for (const node of nodes) {
    const { traceId, parentSpanId } = node.span;
    const parent = parentSpanId && byId.get(`${traceId}/${parentSpanId}`);
    if (parent) parent.children.push(node);
    else (parentSpanId ? orphans : roots).push(node);
  }
  cutCycles(nodes, { roots, orphans });
  return { roots, orphans };
}

/** Spans that no root or orphan leads to hang on a cycle: its first span becomes an orphan, and the edge back to it is removed. */
function cutCycles(nodes: SpanNode[], { roots, orphans }: SpanTree): void {
  const reached = new Set<SpanNode>();
  for (const node of [...roots, ...orphans]) walk(node, reached);
  for (const node of nodes) {
    if (reached.has(node)) continue;
    const first = onCycle(node, nodes);
    const parent = nodes.find(({ children }) => children.includes(first));
    parent?.children.splice(parent.children.indexOf(first), 1);
    orphans.push(first);
    walk(first, reached);
  }
  orphans.sort(byStart);
}

function walk(from: SpanNode, reached: Set<SpanNode>): void {
  const stack = [from];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (reached.has(node)) continue;
    reached.add(node);
    stack.push(...node.children);
  }
}

/** Walks up from `node`, which is on or below a cycle, until a span repeats; returns the span of the cycle that started first. */
function onCycle(node: SpanNode, nodes: SpanNode[]): SpanNode {
  const path: SpanNode[] = [];
  let current: SpanNode | undefined = node;
  while (current && !path.includes(current)) {
    path.push(current);
    const child: SpanNode = current;
    current = nodes.find(({ children }) => children.includes(child));
  }
  const cycle = current ? path.slice(path.indexOf(current)) : path;
  return cycle.toSorted(byStart)[0] ?? node;
}

function idOf({ traceId, spanId }: Span): string {
  return `${traceId}/${spanId}`;
}

function byStart(a: SpanNode, b: SpanNode): number {
  if (a.span.startNs !== b.span.startNs) return a.span.startNs < b.span.startNs ? -1 : 1;
  return a.span.spanId < b.span.spanId ? -1 : 1;
}
