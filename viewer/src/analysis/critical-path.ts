import { earlierOf, laterOf } from '../model.ts';
import type { Node, Tree } from './tree.ts';

export interface Segment {
  from: bigint;
  to: bigint;
}

/**
 * The segments of spans that determine the end of the trace: shortening one makes the trace end earlier. Found by
 * walking backwards from the end. Within a span, the child that ended last before the current time is the one it waited
 * for. A child that outlives its parent (a job sent by a request) is followed for its time after the parent's end.
 */
export function criticalPath({ roots, rows }: Tree): Map<Node, Segment[]> {
  const ends = subtreeEnds(rows);
  const path = new Map<Node, Segment[]>();
  const last = maxBy(roots, (root) => ends.get(root) ?? 0n);
  if (last === undefined) return path;
  // Each node is entered at most once, with the time up to which it counts.
  const waiting: Array<{ node: Node; until: bigint }> = [{ node: last, until: ends.get(last) ?? 0n }];
  for (let step = waiting.pop(); step !== undefined; step = waiting.pop()) {
    const { node, until } = step;
    const { startNano, endNano } = node.span;
    const segments: Segment[] = [];
    let cursor = until;
    for (const child of byEnd(node.children, ends, endNano)) {
      if (cursor <= startNano) break;
      const outlives = cursor > endNano;
      const childEnd = outlives ? (ends.get(child) ?? 0n) : child.span.endNano;
      if (childEnd > cursor || child.span.startNano >= cursor) continue;
      if (childEnd < cursor) add(segments, laterOf(childEnd, startNano), earlierOf(cursor, endNano));
      waiting.push({ node: child, until: childEnd });
      cursor = child.span.startNano;
    }
    add(segments, startNano, earlierOf(cursor, endNano));
    if (segments.length > 0) path.set(node, segments.reverse());
  }
  return path;
}

/** Children in the order of a backward walk: those that outlive the parent first. */
function byEnd(children: Node[], ends: Map<Node, bigint>, parentEnd: bigint): Node[] {
  const key = (node: Node): bigint => {
    const end = ends.get(node) ?? 0n;
    return end > parentEnd ? end : node.span.endNano;
  };
  return children.toSorted((a, b) => (key(a) < key(b) ? 1 : key(a) > key(b) ? -1 : 0));
}

/** The latest end of each node's subtree. */
function subtreeEnds(rows: Node[]): Map<Node, bigint> {
  const ends = new Map<Node, bigint>();
  for (const node of rows.toReversed()) {
    let end = node.span.endNano;
    for (const child of node.children) end = laterOf(end, ends.get(child) ?? 0n);
    ends.set(node, end);
  }
  return ends;
}

function add(segments: Segment[], from: bigint, to: bigint): void {
  if (to > from) segments.push({ from, to });
}

function maxBy<T>(items: T[], value: (item: T) => bigint): T | undefined {
  return items.reduce<T | undefined>(
    (best, item) => (best === undefined || value(item) > value(best) ? item : best),
    undefined,
  );
}
