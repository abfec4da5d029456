import type { SpanStore } from '../store/store.ts';
import type { Trace } from '../store/trace.ts';
import { buildTree, type Node } from './tree.ts';

/** The first span of a service on the path from the root. */
interface Hop {
  service: string;
  operation: string;
}

export interface ServicePath {
  hops: Hop[];
  /** Ids of some traces that took this path. */
  traceIds: string[];
}

const MAX_PATHS = 1000;
const MAX_HOPS = 100;
const MAX_EXAMPLES = 10;

/** The distinct paths from a root to the last service called, through the given service. */
export function servicePaths(store: SpanStore, service: string, operation: string): ServicePath[] {
  const paths = new Map<string, ServicePath>();
  const isFocus = (hop: Hop): boolean => hop.service === service && (operation === '' || hop.operation === operation);
  for (const trace of store.all(service)) {
    for (const hops of pathsOf(trace)) {
      if (!hops.some(isFocus)) continue;
      const key = JSON.stringify(hops);
      const path = paths.get(key) ?? { hops, traceIds: [] };
      if (paths.size < MAX_PATHS) paths.set(key, path);
      if (path.traceIds.length < MAX_EXAMPLES && path.traceIds.at(-1) !== trace.id) path.traceIds.push(trace.id);
    }
  }
  return [...paths.values()];
}

interface Step {
  hop: Hop;
  up: Step | undefined;
  isLast: boolean;
}

function pathsOf(trace: Trace): Hop[][] {
  const steps = new Set<Step>();
  const stepOf = new Map<Node, Step>();
  const enter = (node: Node, up: Step | undefined): void => {
    const { name: operation, origin } = node.span;
    const step = { hop: { service: origin.service, operation }, up, isLast: true };
    if (up !== undefined) up.isLast = false;
    steps.add(step);
    stepOf.set(node, step);
  };
  const { roots, rows } = buildTree(trace);
  for (const root of roots) enter(root, undefined);
  // Parents come before their children.
  for (const node of rows) {
    const step = stepOf.get(node);
    if (step === undefined) continue;
    for (const child of node.children) {
      if (child.span.origin.service === step.hop.service) stepOf.set(child, step);
      else enter(child, step);
    }
  }
  return [...steps].filter(({ isLast }) => isLast).map(hopsTo);
}

function hopsTo(last: Step): Hop[] {
  const hops: Hop[] = [];
  for (let step: Step | undefined = last; step !== undefined && hops.length < MAX_HOPS; step = step.up) {
    hops.push(step.hop);
  }
  return hops.reverse();
}
