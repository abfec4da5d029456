import { criticalPath, type Segment } from '../../analysis/critical-path.ts';
import { buildTree, type Node, type Tree } from '../../analysis/tree.ts';
import { isError } from '../../model.ts';
import type { Trace } from '../../store/trace.ts';
import { findSpans } from './find.ts';

export interface Shape {
  version: number;
  tree: Tree;
  critical: Map<Node, Segment[]>;
  /** Depth of the deepest span below the root. */
  depth: number;
}

const shapes = new WeakMap<Trace, Shape>();

/** Cached per state of the trace, since a page requests its rows in many small parts. */
export function shapeOf(trace: Trace): Shape {
  const known = shapes.get(trace);
  if (known?.version === trace.version) return known;
  const tree = buildTree(trace);
  const depth = tree.rows.reduce((max, node) => Math.max(max, node.depth), 0);
  const shape = { version: trace.version, tree, critical: criticalPath(tree), depth };
  shapes.set(trace, shape);
  return shape;
}

/** The rows of the selected services, with the spans above them for context. */
export function rowsOf({ tree }: Shape, services: ReadonlySet<string>): Node[] {
  if (services.size === 0) return tree.rows;
  const wanted = new Set<Node>();
  // In reverse order, all descendants precede their ancestor.
  const rows = tree.rows.toReversed().filter((node) => {
    const shown = services.has(node.span.origin.service) || node.children.some((child) => wanted.has(child));
    if (shown) wanted.add(node);
    return shown;
  });
  return rows.reverse();
}

/** What a script needs to know about rows that are not drawn. Numbers are positions in the list of rows. */
export interface Outline {
  version: number;
  depths: number[];
  errors: number[];
  hits: number[];
}

export const outlineOf = ({ version }: Shape, rows: readonly Node[], hits: number[]): Outline => ({
  version,
  depths: rows.map(({ depth }) => depth),
  errors: rows.flatMap(({ span }, index) => (isError(span) ? [index] : [])),
  hits,
});

/** Positions of the rows whose spans contain the text. */
export function hitsOf(trace: Trace, rows: readonly Node[], text: string): number[] {
  const found = findSpans(trace, text);
  return found.size === 0 ? [] : rows.flatMap(({ span }, index) => (found.has(span) ? [index] : []));
}
