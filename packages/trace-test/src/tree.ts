import type { Span } from './span.ts';

export interface SpanNode {
  span: Span;
  /** In the order in which they started. */
  children: SpanNode[];
}

export interface SpanTree {
  /** Spans without a parent id, with what is below them. */
  roots: SpanNode[];
  /** Spans whose parent is not among the spans, with what is below them. Of spans that are each other's parents, the first to start. */
  orphans: SpanNode[];
}

/** Puts spans, of one trace or several and in any order, into trees. Every span is in there once. */
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

/** What no root or orphan leads to hangs on a cycle: its first span becomes an orphan, and the edge back to it goes. */
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

/** Goes up from `node`, which hangs below a cycle or is on it, until it has gone round; the first to start on the way round. */
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
