import { type Frame, type Owner, ownerOf } from './owners.ts';

/** The fields of V8's CPU profile that are read here. https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile */
export interface Profile {
  nodes: Array<{ id: number; callFrame: Frame; children?: number[] | undefined }>;
  /** Node ids. */
  samples?: number[] | undefined;
  /** Microseconds before each sample. */
  timeDeltas?: number[] | undefined;
}

/** Not work: idling, and starting the profiler. */
const NOT_COUNTED = /^\(idle\)|^post node:inspector/;

/** Each owner's share of the process's busy time; the shares add up to 1. */
export function sharesOf({ nodes, samples = [], timeDeltas = [] }: Profile): Map<Owner, number> {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const callers = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const chainOf = (id: number | undefined): Frame[] => {
    const frame = id === undefined ? undefined : frames.get(id);
    return frame ? [frame, ...chainOf(callers.get(id as number))] : [];
  };
  const spent = new Map<Owner, number>();
  let total = 0;
  samples.forEach((id, i) => {
    const chain = chainOf(id);
    const [innermost] = chain;
    if (!innermost || NOT_COUNTED.test(`${innermost.functionName} ${innermost.url}`)) return;
    const us = timeDeltas[i] ?? 0;
    const owner = ownerOf(chain);
    spent.set(owner, (spent.get(owner) ?? 0) + us);
    total += us;
  });
  return new Map([...spent].map(([owner, us]) => [owner, us / total]));
}
