import type { Span } from '../model.ts';
import { type Account, Budget } from './budget.ts';
import { LinkIndex } from './links.ts';
import { SharedOrigins } from './origins.ts';
import { ServiceIndex } from './services.ts';
import { spanBytes, traceBytes } from './size.ts';
import { Trace } from './trace.ts';

export interface Limits {
  maxSpans: number;
  /** Limit of estimated heap bytes of all signals. */
  maxBytes: number;
}

export interface StoreStats extends Limits {
  spans: number;
  traces: number;
  bytes: number;
  evictedSpans: number;
  evictedTraces: number;
}

/** The part of the bytes that other signals cannot take. */
const SHARE = 50;

/** Keeps all spans in memory. When full, it evicts the oldest trace completely. */
export class SpanStore {
  readonly services = new ServiceIndex();
  readonly links = new LinkIndex();
  /** Changes with every stored span, so that cached results can be validated. */
  version = 0;
  private readonly limits: Limits;
  /** Ordered by arrival. */
  private readonly traces = new Map<string, Trace>();
  private readonly origins: SharedOrigins;
  private spanCount = 0;
  private readonly budget: Budget;
  private readonly account: Account;
  private evictedSpans = 0;
  private evictedTraces = 0;

  constructor(limits: Limits, budget = new Budget(limits.maxBytes)) {
    this.limits = limits;
    this.budget = budget;
    this.account = budget.open(SHARE, () => this.evictOldest());
    this.origins = new SharedOrigins(this.account);
  }

  /** Ignores a span that equals a stored one. */
  add(span: Span): void {
    const trace = this.traceOf(span);
    // All spans of the trace share one string.
    span.traceId = trace.id;
    if (!trace.put(span)) return;
    this.version++;
    span.origin = this.origins.take(span.origin);
    this.grow(trace, spanBytes(span));
    this.spanCount++;
    this.services.add(span, trace);
    this.links.add(span);
    while (this.spanCount > this.limits.maxSpans) this.evictOldest();
    this.budget.settle();
  }

  get(traceId: string): Trace | undefined {
    return this.traces.get(traceId);
  }

  /** All traces, or those that contain the service; oldest arrival first. */
  all(service = ''): Iterable<Trace> {
    return service === '' ? this.traces.values() : this.services.traces(service);
  }

  stats(): StoreStats {
    return {
      ...this.limits,
      spans: this.spanCount,
      traces: this.traces.size,
      bytes: this.account.bytes,
      evictedSpans: this.evictedSpans,
      evictedTraces: this.evictedTraces,
    };
  }

  private traceOf(span: Span): Trace {
    const known = this.traces.get(span.traceId);
    if (known !== undefined) return known;
    const trace = new Trace(span.traceId);
    this.traces.set(trace.id, trace);
    this.grow(trace, traceBytes);
    return trace;
  }

  private grow(trace: Trace, bytes: number): void {
    trace.bytes += bytes;
    this.account.grow(bytes);
  }

  private evictOldest(): void {
    for (const trace of this.traces.values()) {
      this.traces.delete(trace.id);
      this.evictedTraces++;
      this.evictedSpans += trace.spans.size;
      for (const span of trace.spans.values()) this.forget(span, trace);
      this.grow(trace, -traceBytes);
      return;
    }
  }

  private forget(span: Span, trace: Trace): void {
    this.spanCount--;
    this.grow(trace, -spanBytes(span));
    this.services.remove(span, trace);
    this.links.remove(span);
    this.origins.release(span.origin);
  }
}
