import { durationNano, earlierOf, isError, laterOf } from '../model.ts';
import type { Node } from './tree.ts';

/** The duration of a span minus the time in which any child ran. */
export function selfNano({ span, children }: Node): bigint {
  let left = durationNano(span);
  let covered = span.startNano;
  for (const child of children) {
    const from = laterOf(child.span.startNano, covered);
    const to = earlierOf(child.span.endNano, span.endNano);
    if (to > from) {
      left -= to - from;
      covered = to;
    }
  }
  return left;
}

export interface ServiceTime {
  service: string;
  spans: number;
  errors: number;
  selfNano: bigint;
}

/** Total self time per service, longest first. */
export function timeByService(nodes: Iterable<Node>): ServiceTime[] {
  const times = new Map<string, ServiceTime>();
  for (const node of nodes) {
    const service = node.span.origin.service;
    const time = times.get(service) ?? { service, spans: 0, errors: 0, selfNano: 0n };
    times.set(service, time);
    time.spans++;
    if (isError(node.span)) time.errors++;
    time.selfNano += selfNano(node);
  }
  return [...times.values()].sort((a, b) => (a.selfNano < b.selfNano ? 1 : a.selfNano > b.selfNano ? -1 : 0));
}
