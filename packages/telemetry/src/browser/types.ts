/** A span that a browser has reported. The caller has checked every value of it. */
export interface ReportedSpan {
  /** Lower-case hex. */
  traceId: string;
  spanId: string;
  parentSpanId: string | undefined;
  name: string;
  /** A `SpanKind`. */
  kind: number;
  /** Nanoseconds since 1970. */
  start: bigint;
  end: bigint;
  attributes: Record<string, string | number>;
  isFailed: boolean;
  scope: { name: string; version: string };
}

/** A log event that a browser has reported. */
export interface ReportedEvent {
  name: string;
  /** Nanoseconds since 1970. */
  time: bigint;
  attributes: Record<string, string | number>;
}
