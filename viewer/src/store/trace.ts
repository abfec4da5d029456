import { KIND_CLIENT, KIND_SERVER, type Span } from '../model.ts';
import { contentDigest } from './content-digest.ts';

/** The spans that share an id. */
interface Shared {
  /** In order of first arrival. */
  readonly keys: string[];
  /** The first span of each kind. */
  readonly kinds: Map<number, Span>;
}

/**
 * The spans of one trace id, in order of first arrival. Different spans may share an id, as Zipkin-style clients and
 * servers do. Only a span that equals a stored one is a duplicate.
 */
export class Trace {
  readonly id: string;
  /** The key of the first span of an id is the id; further spans get other unique, URL-safe keys. */
  readonly spans = new Map<string, Span>();
  private readonly shared = new Map<string, Shared>();
  /** Digests of the first spans of repeated ids, cached since a large span would be costly to compare each time. */
  private readonly firstDigests = new Map<string, string>();
  startNano = 0n;
  endNano = 0n;
  /** Estimated heap bytes, including the spans. */
  bytes = 0;
  /** Increases with every stored span, so that cached results can be validated. */
  version = 0;

  constructor(id: string) {
    this.id = id;
  }

  /** Stores a span; returns false for a duplicate. */
  put(span: Span): boolean {
    const first = this.spans.get(span.spanId);
    if (first === undefined) this.spans.set(span.spanId, span);
    else if (!this.putShared(first, span)) return false;
    this.version++;
    if (this.spans.size === 1 || span.startNano < this.startNano) this.startNano = span.startNano;
    if (this.spans.size === 1 || span.endNano > this.endNano) this.endNano = span.endNano;
    return true;
  }

  /** Whether some spans share an id. */
  get hasSharedIds(): boolean {
    return this.shared.size > 0;
  }

  isShared(spanId: string): boolean {
    return this.shared.has(spanId);
  }

  /** Keys of all spans with this id, in order of first arrival. */
  keysOf(spanId: string): readonly string[] {
    return this.shared.get(spanId)?.keys ?? (this.spans.has(spanId) ? [spanId] : []);
  }

  /** The key of a stored span. */
  keyOf(span: Span): string {
    return this.keysOf(span.spanId).find((key) => this.spans.get(key) === span) ?? span.spanId;
  }

  /** The first span with this id and kind. */
  ofKind(spanId: string, kind: number): Span | undefined {
    const first = this.spans.get(spanId);
    return first?.kind === kind ? first : this.shared.get(spanId)?.kinds.get(kind);
  }

  /**
   * If client and server share an id, the client is the server's parent, and spans with that parent id are children of
   * the server. A span that names itself is its own parent.
   */
  parentOf({ spanId, parentSpanId, kind }: Span): Span | undefined {
    const client = kind === KIND_SERVER ? this.ofKind(spanId, KIND_CLIENT) : undefined;
    if (client !== undefined) return client;
    const calls = this.ofKind(parentSpanId, KIND_CLIENT) !== undefined;
    return (calls ? this.ofKind(parentSpanId, KIND_SERVER) : undefined) ?? this.spans.get(parentSpanId);
  }

  /** Spans by start. */
  sorted(): Span[] {
    return this.entries().map(([, span]) => span);
  }

  /** Spans with their keys, by start. */
  entries(): Array<[key: string, span: Span]> {
    return [...this.spans].sort(([, a], [, b]) => compare(a.startNano, b.startNano));
  }

  private putShared(first: Span, span: Span): boolean {
    const digest = contentDigest(span);
    const key = `${span.spanId}-${digest}`;
    const firstDigest = this.firstDigests.get(span.spanId) ?? contentDigest(first);
    this.firstDigests.set(span.spanId, firstDigest);
    if (this.spans.has(key) || firstDigest === digest) return false;
    this.spans.set(key, span);
    const { keys, kinds } = this.shared.get(span.spanId) ?? {
      keys: [span.spanId],
      kinds: new Map([[first.kind, first]]),
    };
    this.shared.set(span.spanId, { keys, kinds });
    keys.push(key);
    if (!kinds.has(span.kind)) kinds.set(span.kind, span);
    return true;
  }
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
