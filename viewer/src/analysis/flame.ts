import { isError } from '../model.ts';
import { selfNano } from './self-time.ts';
import type { Node, Tree } from './tree.ts';

/** Spans of one service, kind and name below the same ancestors. */
export interface Frame {
  service: string;
  name: string;
  spans: number;
  errors: number;
  selfNano: bigint;
  /** Self time of the frame and everything below it. */
  totalNano: bigint;
  /** Longest first. */
  children: Frame[];
}

/**
 * The self time of a trace, stacked: similar spans below the same ancestors share a frame. Roots are sorted longest
 * first.
 */
export function flameFrames({ roots }: Tree): Frame[] {
  const top: Frame[] = [];
  const frames: Frame[] = [];
  const waiting = [{ nodes: roots, into: top }];
  for (let step = waiting.pop(); step !== undefined; step = waiting.pop()) {
    const groups = Map.groupBy(step.nodes, ({ span }) => `${span.kind}\0${span.origin.service}\0${span.name}`);
    for (const nodes of groups.values()) {
      const frame = frameOf(nodes);
      step.into.push(frame);
      frames.push(frame);
      const below = nodes.flatMap(({ children }) => children);
      if (below.length > 0) waiting.push({ nodes: below, into: frame.children });
    }
  }
  // In reverse order, descendants precede their ancestors.
  for (const frame of frames.toReversed()) {
    frame.totalNano = frame.children.reduce((sum, child) => sum + child.totalNano, frame.selfNano);
    frame.children.sort(longestFirst);
  }
  return top.sort(longestFirst);
}

function frameOf(nodes: Node[]): Frame {
  const { span } = nodes[0] as Node;
  return {
    service: span.origin.service,
    name: span.name,
    spans: nodes.length,
    errors: nodes.filter((node) => isError(node.span)).length,
    selfNano: nodes.reduce((sum, node) => sum + selfNano(node), 0n),
    totalNano: 0n,
    children: [],
  };
}

const longestFirst = (a: Frame, b: Frame): number =>
  a.totalNano < b.totalNano ? 1 : a.totalNano > b.totalNano ? -1 : 0;
