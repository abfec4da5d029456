import type { Span } from '../model.ts';

const NOBODY: ReadonlySet<Span> = new Set();

/** Reverse index of links: finds the later span from the earlier one that it links to. */
export class LinkIndex {
  private readonly byTarget = new Map<string, Set<Span>>();

  add(span: Span): void {
    for (const link of span.links) {
      const key = `${link.traceId}:${link.spanId}`;
      const from = this.byTarget.get(key);
      if (from === undefined) this.byTarget.set(key, new Set([span]));
      else from.add(span);
    }
  }

  remove(span: Span): void {
    for (const link of span.links) {
      const key = `${link.traceId}:${link.spanId}`;
      const from = this.byTarget.get(key);
      from?.delete(span);
      if (from?.size === 0) this.byTarget.delete(key);
    }
  }

  /** The spans of any trace that link to this one. */
  to(traceId: string, spanId: string): ReadonlySet<Span> {
    return this.byTarget.get(`${traceId}:${spanId}`) ?? NOBODY;
  }
}
