import type { Span } from '../model.ts';

const NOBODY: ReadonlySet<Span> = new Set();

/** Links point from the later span to the earlier one; this finds the later one from the earlier one. */
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

  /** The spans that link to this one, of its own trace and of others. */
  to(traceId: string, spanId: string): ReadonlySet<Span> {
    return this.byTarget.get(`${traceId}:${spanId}`) ?? NOBODY;
  }
}
