export type Signal = 'traces' | 'logs' | 'metrics';

/** How the protocol names each signal. */
export const SIGNALS: ReadonlyArray<{
  signal: Signal;
  path: string;
  /** The gRPC method. */
  method: string;
  request: string;
  /** The field of the partial success that counts what was rejected. */
  rejected: string;
}> = (
  [
    ['traces', 'trace', 'Trace', 'rejectedSpans'],
    ['logs', 'logs', 'Logs', 'rejectedLogRecords'],
    ['metrics', 'metrics', 'Metrics', 'rejectedDataPoints'],
  ] as const
).map(([signal, name, title, rejected]) => ({
  signal,
  path: `/v1/${signal}`,
  method: `/opentelemetry.proto.collector.${name}.v1.${title}Service/Export`,
  request: `Export${title}ServiceRequest`,
  rejected,
}));
