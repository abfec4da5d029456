import { KIND_CLIENT, KIND_SERVER, type Span } from '../model.ts';
import { contentDigest } from './content-digest.ts';

/**
 * The spans of one trace id, in the order of their first arrival. Two different spans may share an id: a Zipkin-style client
 * and server do. Only a span that is equal to a stored one is a duplicate.
 */
export class Trace {
  readonly id: string;
  /** The first span of an id has the id as its key; the key of a further one is unique too, and safe in a URL. */
  readonly spans = new Map<string, Span>();
  /** For ids that are shared: the first span of each kind. */
  private readonly shared = new Map<string, Map<number, Span>>();
  /** Of the first span of each id that came again: comparing with a large one must not cost more each time. */
  private readonly firstDigests = new Map<string, string>();
  startNano = 0n;
  endNano = 0n;
  /** Estimated, spans and all. */
  bytes = 0;
  /** Increases with every span that is stored: what was computed from the trace is still true if this is the same. */
  version = 0;

  constructor(id: string) {
    this.id = id;
  }

  /** Whether the span is new to the trace. */
  put(span: Span): boolean {
    const first = this.spans.get(span.spanId);
    if (first === undefined) this.spans.set(span.spanId, span);
    else if (!this.putShared(first, span)) return false;
    this.version++;
    if (this.spans.size === 1 || span.startNano < this.startNano) this.startNano = span.startNano;
    if (this.spans.size === 1 || span.endNano > this.endNano) this.endNano = span.endNano;
    return true;
  }

  /** Whether ids alone do not tell all spans apart. */
  get hasSharedIds(): boolean {
    return this.shared.size > 0;
  }

  isShared(spanId: string): boolean {
    return this.shared.has(spanId);
  }

  /** The first span with this id and kind. */
  ofKind(spanId: string, kind: number): Span | undefined {
    const first = this.spans.get(spanId);
    return first?.kind === kind ? first : this.shared.get(spanId)?.get(kind);
  }

  /**
   * Where client and server share an id, the server's parent is the client, and the spans that name the id are children of the
   * server. A span that names itself is its own parent.
   */
  parentOf({ spanId, parentSpanId, kind }: Span): Span | undefined {
    const client = kind === KIND_SERVER ? this.ofKind(spanId, KIND_CLIENT) : undefined;
    if (client !== undefined) return client;
    const calls = this.ofKind(parentSpanId, KIND_CLIENT) !== undefined;
    return (calls ? this.ofKind(parentSpanId, KIND_SERVER) : undefined) ?? this.spans.get(parentSpanId);
  }

  /** By start, the order in which people read. */
  sorted(): Span[] {
    return this.entries().map(([, span]) => span);
  }

  /** With their keys, by start. */
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
    const kinds = this.shared.get(span.spanId) ?? new Map([[first.kind, first]]);
    this.shared.set(span.spanId, kinds);
    if (!kinds.has(span.kind)) kinds.set(span.kind, span);
    return true;
  }
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
