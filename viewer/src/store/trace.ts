import type { Span } from '../model.ts';

/** The spans of one trace id, in the order of their first arrival. */
export class Trace {
  readonly id: string;
  readonly spans = new Map<string, Span>();
  startNano = 0n;
  endNano = 0n;
  /** Estimated, spans and all. */
  bytes = 0;
  /** Changes with every span: what was computed from the trace is still true if this is the same. */
  version = 0;

  constructor(id: string) {
    this.id = id;
  }

  /** Returns the span it replaces. */
  put(span: Span): Span | undefined {
    this.version++;
    const replaced = this.spans.get(span.spanId);
    this.spans.set(span.spanId, span);
    if (replaced === undefined && this.spans.size > 1) {
      if (span.startNano < this.startNano) this.startNano = span.startNano;
      if (span.endNano > this.endNano) this.endNano = span.endNano;
    } else {
      this.measure();
    }
    return replaced;
  }

  /** By start, the order in which people read. */
  sorted(): Span[] {
    return [...this.spans.values()].sort((a, b) => compare(a.startNano, b.startNano));
  }

  private measure(): void {
    const [first, ...rest] = this.spans.values();
    if (first === undefined) return;
    this.startNano = first.startNano;
    this.endNano = first.endNano;
    for (const span of rest) {
      if (span.startNano < this.startNano) this.startNano = span.startNano;
      if (span.endNano > this.endNano) this.endNano = span.endNano;
    }
  }
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
