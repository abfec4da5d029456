import { tracePages } from '@hotel/http';
import { captureContext } from '@hotel/telemetry';

/** The W3C traceparent of the current request: a booking keeps it with each cleaning result that it receives. */
export function currentTraceparent(): string | undefined {
  return captureContext().traceparent;
}

/** The page of a trace by traceparent; undefined without trace UI, and for a trace that was not sampled. */
export type TraceLink = (traceparent: string | null) => string | undefined;

/** @param tracesUrl base URL of the trace UI */
export function createTraceLink(tracesUrl: string | undefined): TraceLink {
  return (traceparent) => {
    const [, traceId, , flags = ''] = traceparent?.split('-') ?? [];
    const isSampled = (Number.parseInt(flags, 16) & 1) === 1;
    return tracesUrl && traceId && isSampled ? tracePages(tracesUrl).trace(traceId) : undefined;
  };
}
